import { describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import { EventSource } from '../platform/event-source.ts';
import type { Log } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { CommandDesk } from './command-desk.ts';
import type { CommandedMetric, SparkplugCommand, WriteResult } from './ports.ts';

const TOPIC = 'spBv1.0/plant/DCMD/line/Press';

function desk(answer: () => Promise<WriteResult> = async () => ({ phase: 'written', status: 'Good' })) {
  const clock = fakeClock();
  const commands = new EventSource<SparkplugCommand>();
  const written: unknown[] = [];
  const lines: { text: string; facts: unknown }[] = [];
  const line = (text: string, facts?: unknown): void => void lines.push({ text, facts });
  const log: Log = { info: line, warn: line, error: line, scope: () => log };
  const command = new CommandDesk({
    edgeNode: { onCommand: (listener) => commands.on(listener) },
    findTag: (deviceId, metricName) =>
      metricName === 'unknown'
        ? undefined
        : { tagId: `${deviceId}.${metricName}` as TagId, serverId: 'plc', isWritable: metricName !== 'Speed' },
    write: (tag, value) => {
      written.push([tag.tagId, value]);
      return answer();
    },
    clock,
    log,
  });
  const stop = command.start();
  const tell = (metrics: readonly CommandedMetric[], changes: Partial<SparkplugCommand> = {}): void =>
    commands.emit({ topic: TOPIC, deviceId: 'Press', isRebirthAsked: false, metrics, ...changes });
  return { command, written, lines, tell, clock, stop };
}
const asked = (metricName: string, value = 1): CommandedMetric => ({ phase: 'asked', metricName, value });
const refused: CommandedMetric = {
  phase: 'refused',
  metricName: 'Count',
  reason: 'out-of-range',
  text: '256 is no UInt8',
};
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

describe('the command desk', () => {
  it('writes what is writable, and counts, records and logs what became of each', async () => {
    const { command, written, lines, tell } = desk();
    tell([asked('Setpoint', 5), asked('Speed'), asked('unknown'), refused]);
    expect(command.snapshot()).toMatchObject({ underWayCount: 1, writtenCount: 0 });
    await settle();
    expect(written).toEqual([['Press.Setpoint', 5]]);
    expect(command.snapshot()).toMatchObject({
      receivedCount: 1,
      underWayCount: 0,
      writtenCount: 1,
      failedCount: 0,
      refused: { 'not-writable': 2, 'out-of-range': 1 },
    });
    expect(
      command.snapshot().last.map(({ topic, metric, value, phase, detail }) => [topic, metric, value, phase, detail]),
    ).toEqual([
      [TOPIC, 'Count', null, 'refused', 'out-of-range: 256 is no UInt8'],
      [TOPIC, 'unknown', '1', 'refused', expect.stringMatching(/^not-writable/)],
      [TOPIC, 'Speed', '1', 'refused', expect.stringMatching(/^not-writable/)],
      [TOPIC, 'Setpoint', '5', 'written', 'Good'],
    ]);
    expect(lines).toHaveLength(4);
    expect(lines).toContainEqual({
      text: 'a command was refused',
      facts: { topic: TOPIC, metric: 'Count', reason: 'out-of-range', detail: '256 is no UInt8' },
    });
    expect(lines).toContainEqual({
      text: 'a command was written',
      facts: { topic: TOPIC, metric: 'Setpoint', value: '5', status: 'Good' },
    });
  });

  it('names the status of a server that did not take the value, and of one that is away', async () => {
    const failing = desk(async () => ({ phase: 'failed', status: 'BadNotWritable', text: 'no' }));
    failing.tell([asked('Setpoint')]);
    const away = desk(async () => ({ phase: 'refused', reason: 'server-away', text: 'away' }));
    away.tell([asked('Setpoint')]);
    const broken = desk(() => Promise.reject(new Error('boom')));
    broken.tell([asked('Setpoint')]);
    await settle();
    expect(failing.command.snapshot()).toMatchObject({ failedCount: 1, last: [{ detail: 'BadNotWritable: no' }] });
    expect(away.command.snapshot()).toMatchObject({ failedCount: 0, refused: { 'server-away': 1 } });
    expect(broken.command.snapshot()).toMatchObject({ failedCount: 1, underWayCount: 0 });
  });

  it('writes nothing of a command for the node, and tells of births that are asked for', () => {
    const { command, written, tell } = desk();
    tell([asked('Setpoint')], { deviceId: null });
    tell([], { isRebirthAsked: true });
    expect(written).toEqual([]);
    expect(command.snapshot()).toMatchObject({ receivedCount: 2, rebirthCount: 1, refused: { 'not-writable': 1 } });
  });

  it('keeps the last twenty and bounds the lines of a flood, which say how many have none', () => {
    const { command, lines, tell, clock } = desk();
    for (let index = 0; index < 60; index += 1) tell([refused]);
    expect(lines).toHaveLength(50);
    expect(command.snapshot()).toMatchObject({ receivedCount: 60, refused: { 'out-of-range': 60 } });
    expect(command.snapshot().last).toHaveLength(20);
    clock.advanceMs(10_000);
    tell([refused]);
    expect(lines.at(-1)?.facts).toMatchObject({ notWrittenBefore: 10 });
  });

  it('takes nothing more after its end', () => {
    const { command, tell, stop } = desk();
    stop();
    tell([asked('Setpoint')]);
    expect(command.snapshot().receivedCount).toBe(0);
  });
});
