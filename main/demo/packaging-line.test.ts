import { describe, expect, it } from 'vitest';
import { SiteConfig } from '../../shared/config/site.ts';
import { parseDemoFault } from './demo-faults.ts';
import { applyFault, createLine, type LineChange, type PackagingLine, readLine, stepLine } from './packaging-line.ts';
import { DEMO_MACHINES, type DemoTag, demoTags, loadTags, machineTags } from './packaging-line-tags.ts';

const START_MS = Date.UTC(2026, 0, 5, 6);

function run(line: PackagingLine, forMs: number, stepMs: number): { line: PackagingLine; changes: LineChange[] } {
  const changes: LineChange[] = [];
  const fromMs = line.startMs + line.elapsedMs / line.speedFactor;
  let current = line;
  for (let nowMs = fromMs + stepMs; nowMs <= fromMs + forMs; nowMs += stepMs) {
    const step = stepLine(current, nowMs);
    current = step.line;
    changes.push(...step.changes);
  }
  return { line: current, changes };
}

const last = (changes: readonly LineChange[], name: string): LineChange | undefined =>
  changes.filter((change) => change.name === name).at(-1);
const states = (changes: readonly LineChange[], name: string): unknown[] =>
  changes.filter((change) => change.name === name).map((change) => change.value);

describe('packaging line', () => {
  it('has the same history for the same seed, however it is stepped', () => {
    const once = run(createLine({ seed: 7, startMs: START_MS }), 300_000, 300_000);
    const often = run(createLine({ seed: 7, startMs: START_MS }), 300_000, 100);
    expect(often.changes).toEqual(once.changes);
    expect(often.line).toEqual(once.line);
  });

  it('has another history for another seed', () => {
    const one = run(createLine({ seed: 1, startMs: START_MS }), 60_000, 60_000);
    const two = run(createLine({ seed: 2, startMs: START_MS }), 60_000, 60_000);
    expect(one.changes).not.toEqual(two.changes);
  });

  it('does not touch the line it is given', () => {
    const line = createLine({ seed: 1, startMs: START_MS });
    const before = structuredClone(line);
    stepLine(line, START_MS + 60_000);
    expect(line).toEqual(before);
  });

  it('shows a stop, work and a wait for a neighbour within the first minutes', () => {
    const { changes } = run(createLine({ seed: 1, startMs: START_MS }), 300_000, 1_000);
    const seen = new Set(changes.filter((change) => change.name.endsWith('.State')).map((change) => change.value));
    for (const state of ['Execute', 'Held', 'Suspended']) expect([...seen]).toContain(state);
  });

  it('passes on what it counts: each machine takes no more than the one before gives', () => {
    const { line } = run(createLine({ seed: 3, startMs: START_MS }), 3_600_000, 60_000);
    for (let index = 1; index < line.machines.length; index++) {
      const before = line.machines[index - 1];
      const machine = line.machines[index];
      const stock = line.buffers[index - 1];
      expect(machine!.processed + stock! - 12).toBe(before!.processed - before!.defective);
    }
    expect(line.machines[0]!.processed).toBeGreaterThan(2_000);
    expect(line.machines[0]!.defective).toBeGreaterThan(0);
  });

  it('never gives two changes of one tag the same time and never goes back', () => {
    const { changes } = run(createLine({ seed: 5, startMs: START_MS, speedFactor: 60 }), 60_000, 200);
    const lastMs = new Map<string, number>();
    for (const change of changes) {
      expect(change.timestampMs).toBeGreaterThan(lastMs.get(change.name) ?? 0);
      lastMs.set(change.name, change.timestampMs);
    }
    expect(changes.length).toBeGreaterThan(1_000);
  });

  it('runs faster by the speed factor', () => {
    const { line } = run(createLine({ seed: 5, startMs: START_MS, speedFactor: 10 }), 60_000, 1_000);
    expect(line.elapsedMs).toBe(600_000);
    expect(line.machines[0]!.processed).toBeGreaterThan(300);
  });

  it('holds the machine that jams and lets it run again', () => {
    const line = run(createLine({ seed: 1, startMs: START_MS }), 3_000, 1_000).line;
    const jammed = run(applyFault(line, { kind: 'jam', machine: 'Labeller', durationS: 30 }), 25_000, 1_000);
    expect(last(jammed.changes, 'Labeller.State')?.value).toBe('Held');
    expect(last(jammed.changes, 'Labeller.StopReason')?.value).toBe('Jam');
    const later = run(jammed.line, 10_000, 1_000);
    expect(states(later.changes, 'Labeller.State')).toContain('Execute');
  });

  it('starves the palletiser and blocks the filler when the labeller jams for long', () => {
    const line = run(createLine({ seed: 1, startMs: START_MS }), 3_000, 1_000).line;
    const { changes } = run(applyFault(line, { kind: 'jam', machine: 'Labeller', durationS: 300 }), 200_000, 1_000);
    expect(last(changes, 'Palletiser.Starved')?.value).toBe(true);
    expect(last(changes, 'Filler.Blocked')?.value).toBe(true);
    expect(last(changes, 'Filler.State')?.value).toBe('Suspended');
  });

  it('slows the cycle of one machine for a while', () => {
    const line = run(createLine({ seed: 1, startMs: START_MS, breaks: null }), 3_000, 1_000).line;
    const usual = run(line, 20_000, 1_000).line.machines[0]!.processed;
    const fault = { kind: 'slow-cycle', machine: 'Filler', factor: 4, durationS: 20 } as const;
    const slow = run(applyFault(line, fault), 20_000, 1_000).line.machines[0]!.processed;
    expect(slow).toBeLessThan(usual / 2);
  });

  it('marks a broken sensor and its healing as changes', () => {
    const line = run(createLine({ seed: 1, startMs: START_MS }), 3_000, 1_000).line;
    const fault = { kind: 'bad-sensor', machine: 'Capper', signal: 'Pressure', durationS: 5 } as const;
    const { changes } = run(applyFault(line, fault), 10_000, 1_000);
    const pressures = changes.filter((change) => change.name === 'Capper.Pressure');
    expect(pressures.some((change) => change.isBad)).toBe(true);
    expect(pressures.at(-1)?.isBad).toBe(false);
  });

  it('stops the whole line for a break', () => {
    const line = createLine({ seed: 1, startMs: START_MS, breaks: { everyMs: 60_000, durationMs: 30_000 } });
    const { line: after } = run(line, 70_000, 1_000);
    expect(after.machines.map((machine) => [machine.state, machine.stopReason])).toEqual(
      DEMO_MACHINES.map(() => ['Stopped', 'Break']),
    );
  });

  it('is warm at its start time when asked, without a past', () => {
    const line = createLine({ seed: 1, startMs: START_MS, warmUpMs: 600_000 });
    expect(line.machines[0]!.processed).toBeGreaterThan(300);
    expect(readLine(line)[0]?.timestampMs).toBe(START_MS);
    const { changes } = stepLine(line, START_MS + 1_000);
    expect(Math.min(...changes.map((change) => change.timestampMs))).toBeGreaterThan(START_MS);
  });
});

describe('demo tags', () => {
  it('name exactly the values the line has', () => {
    const names = readLine(createLine({ seed: 1, startMs: START_MS })).map((value) => value.name);
    expect(demoTags().map((tag) => tag.node.split(';s=')[1])).toEqual(names);
  });

  it('make a valid site configuration', () => {
    const toConfig = ({ node, metric, datatype, role, sampling, unit }: DemoTag): object =>
      unit === undefined
        ? { node, metric, datatype, role, sampling }
        : { node, metric, datatype, role, sampling, unit };
    const parsed = SiteConfig.shape.machines.safeParse([
      ...DEMO_MACHINES.map((machine) => ({
        id: machine.id,
        server: 'line',
        tags: machineTags(machine.id).map(toConfig),
      })),
      { id: 'Load', server: 'line', tags: loadTags(3) },
    ]);
    expect(parsed.error?.message).toBeUndefined();
    expect(loadTags(3).map((tag) => tag.metric)).toEqual(['Load/0001', 'Load/0002', 'Load/0003']);
  });
});

describe('parseDemoFault', () => {
  it('reads a fault written as JSON', () => {
    const fault = { kind: 'jam', machine: 'Filler', durationS: 30 };
    expect(parseDemoFault(JSON.stringify(fault))).toEqual(fault);
  });

  it('knows the end of the load, without other fields', () => {
    expect(parseDemoFault('{"kind":"load-stop"}')).toEqual({ kind: 'load-stop' });
    expect(() => parseDemoFault('{"kind":"load-stop","durationS":3}')).toThrowError(/durationS/);
  });

  it.each(['jam Filler', '{"kind":"jam","machine":"Oven","durationS":3}', '{"kind":"explode"}', '[]'])(
    'refuses %s with a code',
    (text) => {
      expect(() => parseDemoFault(text)).toThrowError(expect.objectContaining({ code: 'demo/fault-unknown' }));
    },
  );
});
