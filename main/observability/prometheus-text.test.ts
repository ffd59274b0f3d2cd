import { describe, expect, it } from 'vitest';
import { NOW_MS, snapshotOf } from '../../shared/testing/snapshot-fixture.ts';
import { describeFamilies } from './metric-family.ts';
import { toPrometheusText } from './prometheus-text.ts';

interface Parsed {
  readonly types: Map<string, string>;
  readonly values: Map<string, number>;
}

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/y;

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    LABEL.lastIndex = at;
    const found = LABEL.exec(text);
    if (found === null) throw new Error(`no label at ${at} of ${text}`);
    if (found[1]! in labels) throw new Error(`label ${found[1]} twice in ${text}`);
    labels[found[1]!] = found[2]!.replace(/\\(.)/g, (_whole, char: string) => (char === 'n' ? '\n' : char));
    at = LABEL.lastIndex;
    if (at < text.length && text[at++] !== ',') throw new Error(`no comma in ${text}`);
  }
  return labels;
}

/** Refuses what the exposition format 0.0.4 refuses: order, doubles, syntax, a missing last line feed. */
function parseExposition(text: string): Parsed {
  if (!text.endsWith('\n')) throw new Error('the last line must end in a line feed');
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  const finished = new Set<string>();
  let helped: string | undefined;
  let current: string | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)$/.exec(line);
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\+Inf|-Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(
      line,
    );
    if (help !== null) helped = help[1];
    else if (type !== null) {
      if (helped !== type[1]) throw new Error(`TYPE without its HELP: ${line}`);
      if (types.has(type[1]!)) throw new Error(`family twice: ${line}`);
      if (current !== undefined) finished.add(current);
      current = type[1]!;
      types.set(current, type[2]!);
    } else if (sample !== null) {
      if (sample[1] !== current) throw new Error(`a sample outside its family: ${line}`);
      const key = `${sample[1]} ${JSON.stringify(Object.entries(parseLabels(sample[2] ?? '')).sort())}`;
      if (values.has(key)) throw new Error(`series twice: ${line}`);
      values.set(key, Number(sample[3]!.replace('Inf', 'Infinity')));
    } else throw new Error(`not a line of the format: ${line}`);
  }
  return { types, values };
}

function valueOf(parsed: Parsed, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const all = { site: 'SITE01', line: 'LINE01', ...labels };
  return parsed.values.get(`${name} ${JSON.stringify(Object.entries(all).sort())}`);
}

describe('toPrometheusText', () => {
  it('is in the exposition format, in base units, with every counter ending in _total', () => {
    const { types } = parseExposition(toPrometheusText(snapshotOf()));
    expect(types.size).toBeGreaterThan(40);
    for (const [name, type] of types) {
      expect(name).toMatch(/^lineside_[a-z0-9_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(name).not.toMatch(/_ms$|_ms_|milliseconds|megabytes/);
    }
  });

  it('tells the numbers of the snapshot in seconds and bytes', () => {
    const parsed = parseExposition(toPrometheusText(snapshotOf()));
    expect(valueOf(parsed, 'lineside_buffer_rows')).toBe(1_704);
    expect(valueOf(parsed, 'lineside_buffer_limit_bytes')).toBe(500_000_000);
    expect(valueOf(parsed, 'lineside_buffer_oldest_row_age_seconds')).toBe(12);
    expect(valueOf(parsed, 'lineside_snapshot_timestamp_seconds')).toBe(NOW_MS / 1_000);
    expect(valueOf(parsed, 'lineside_server_connected', { server: 'plc1' })).toBe(1);
    expect(valueOf(parsed, 'lineside_latency_to_historian_seconds', { percentile: '95' })).toBe(0.21);
    expect(valueOf(parsed, 'lineside_mapping_held_back_samples_total', { reason: 'deadband' })).toBe(8);
    expect(valueOf(parsed, 'lineside_attention', { severity: 'broken' })).toBe(0);
  });

  it('tells state and cost of the sampling', () => {
    const { sampling } = snapshotOf();
    const total = { changeCount: 3, slowMs: 134_500, samplesNotTakenAtMost: 183_848 };
    const servers = sampling.servers.map((server) => ({ ...server, refusedCount: 4 }));
    const slow = snapshotOf({ sampling: { ...sampling, phase: 'slow', slowedTagCount: 392, total, servers } });
    const parsed = parseExposition(toPrometheusText(slow));
    expect(valueOf(parsed, 'lineside_sampling_slow')).toBe(1);
    expect(valueOf(parsed, 'lineside_sampling_slow_seconds_total')).toBe(134.5);
    expect(valueOf(parsed, 'lineside_sampling_samples_not_taken_at_most_total')).toBe(183_848);
    expect(valueOf(parsed, 'lineside_sampling_tags', { treatment: 'slowed' })).toBe(392);
    expect(valueOf(parsed, 'lineside_sampling_refused_tags', { server: 'plc1' })).toBe(4);
  });

  it('leaves out what is not known, and the host where it runs elsewhere', () => {
    const { buffer, latency } = snapshotOf();
    const text = toPrometheusText(
      snapshotOf({
        isIngestHere: false,
        buffer: { ...buffer, oldestTimestampMs: null, coversMs: null },
        latency: { ...latency, toHistorian: null },
      }),
    );
    const names = [...parseExposition(text).types.keys()];
    expect(names.filter((name) => /ingest|historian|oldest|covers/.test(name))).toEqual([]);
  });

  it('escapes labels and help texts', () => {
    const name = 'a "quoted" \\ name\nin two lines';
    const [server] = snapshotOf().servers;
    const parsed = parseExposition(toPrometheusText(snapshotOf({ servers: [{ ...server!, serverId: name }] })));
    expect(valueOf(parsed, 'lineside_server_tags', { server: name })).toBe(412);
    const odd = { name: 'odd', type: 'gauge', help: 'two\nlines \\', samples: [{ value: Infinity }] } as const;
    expect(describeFamilies([odd])).toBe('# HELP odd two\\nlines \\\\\n# TYPE odd gauge\nodd +Inf\n');
  });
});
