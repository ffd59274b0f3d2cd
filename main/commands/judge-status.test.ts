import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { NOW_MS, snapshotOf } from '../../shared/testing/snapshot-fixture.ts';
import type { StatusRecord } from '../observability/status-record.ts';
import { describeStatus } from './describe-status.ts';
import { isProcessThere, judgeStatus, readStatus, toStatusExitCode } from './judge-status.ts';

const textOf = (changes: Partial<StatusRecord> = {}): string =>
  JSON.stringify({
    format: 1,
    phase: 'running',
    processId: 4711,
    hostName: 'edge-1',
    writtenAtMs: NOW_MS - 1_000,
    snapshot: snapshotOf(),
    ...changes,
  });
const observer = (isThere: boolean, hostName = 'edge-1') => ({
  nowMs: NOW_MS,
  hostName,
  isProcessThere: () => isThere,
});
const look = (text: string | undefined, isThere = true, hostName = 'edge-1') => {
  const status = judgeStatus(text, observer(isThere, hostName));
  return { phase: status.phase, exitCode: toStatusExitCode(status), text: describeStatus(status, NOW_MS) };
};
const running = (changes: Partial<EngineSnapshot>) => look(textOf({ snapshot: snapshotOf(changes) }));
const AWAY = {
  phase: 'away',
  sinceMs: NOW_MS - 60_000,
  retryAtMs: NOW_MS,
  code: 'mqtt/unreachable',
  text: 'refused',
} as const;

describe('the status of a gateway', () => {
  it('is healthy with exit code 0 when it runs and nothing needs attention', () => {
    expect(look(textOf())).toMatchObject({ phase: 'running', exitCode: 0 });
    expect(look(textOf()).text).toContain('nothing needs attention');
  });

  it('needs attention with exit code 1 when a stage does, with the next step', () => {
    const attention = [
      {
        code: 'mqtt/unreachable',
        severity: 'broken',
        stage: 'broker',
        text: 'Broker is away.',
        nextStep: 'Nothing to do.',
        sinceMs: NOW_MS - 60_000,
      } as const,
    ];
    const { broker } = snapshotOf();
    const found = running({ attention, broker: { ...broker, state: AWAY, session: 'offline' } });
    expect(found.exitCode).toBe(1);
    expect(found.text).toMatch(/broker +BROKEN +mqtts:\/\/broker\.site01:8883 away since 2026-11-23T09:47:00\.000Z/);
    expect(found.text).toContain('BROKEN  Broker is away. (mqtt/unreachable) Since 2026-11-23T09:47:00.000Z.');
    expect(found.text).toContain('next: Nothing to do.');
  });

  it('is not healthy while a connection does not stand yet, although nothing needs attention', () => {
    const { broker, historian } = snapshotOf();
    expect(running({ broker: { ...broker, session: 'connecting' } }).exitCode).toBe(1);
    const connecting = { phase: 'connecting', attempt: 1 } as const;
    expect(running({ historian: { ...historian, state: connecting } }).exitCode).toBe(1);
    const elsewhere = running({ isIngestHere: false, historian: { ...historian, state: { phase: 'stopped' } } });
    expect(elsewhere.exitCode).toBe(0);
    expect(elsewhere.text).toMatch(/historian +ok +on another computer/);
  });

  it('says that a gateway was stopped, was killed, or never ran, with exit code 3', () => {
    expect(look(undefined)).toMatchObject({ phase: 'absent', exitCode: 3 });
    expect(look(textOf({ phase: 'stopped' }), false)).toMatchObject({ phase: 'stopped', exitCode: 3 });
    const gone = look(textOf(), false);
    expect(gone).toMatchObject({ phase: 'gone', exitCode: 3 });
    expect(gone.text).toContain('process 4711 is gone without having been stopped');
  });

  it('says when the status is older than ten seconds although the process is there', () => {
    const stale = look(textOf({ writtenAtMs: NOW_MS - 11_000 }));
    expect(stale).toMatchObject({ phase: 'stale', exitCode: 1 });
    expect(stale.text).toContain('its status is 11 s old');
  });

  it('judges a gateway in another container by the age of its status alone', () => {
    expect(look(textOf(), false, 'another')).toMatchObject({ phase: 'running' });
    expect(look(textOf({ writtenAtMs: NOW_MS - 11_000 }), false, 'another')).toMatchObject({ phase: 'stale' });
  });

  it('says that a status cannot be read, with exit code 1', async () => {
    expect(look('{"format":')).toMatchObject({ phase: 'unreadable', exitCode: 1 });
    expect(look('{"format":99}')).toMatchObject({ phase: 'unreadable', exitCode: 1 });
    const folder = await mkdtemp(join(tmpdir(), 'lineside-status-'));
    expect((await readStatus(join(folder, 'none.json'), observer(true))).phase).toBe('absent');
    expect((await readStatus(folder, observer(true))).phase).toBe('unreadable');
    await writeFile(join(folder, 'status.json'), textOf());
    expect((await readStatus(join(folder, 'status.json'), observer(true))).phase).toBe('running');
    await rm(folder, { recursive: true });
  });

  it('shows slow sampling with its share and its cost', () => {
    const { sampling } = snapshotOf();
    const total = { changeCount: 3, slowMs: 134_000, samplesNotTakenAtMost: 183_848 };
    const found = running({ sampling: { ...sampling, phase: 'slow', slowedTagCount: 392, total } });
    expect(found.text).toMatch(
      /sampling +LOOK +slow \(2,000 ms\) since .* for 392 of 412 tags; in all 3 changes, 134 s/,
    );
    expect(found.text).toContain('at most 183,848 samples not taken');
  });

  it('knows a process that runs from one that does not', () => {
    expect(isProcessThere(process.pid)).toBe(true);
    // Above the greatest process id of Linux, macOS and Windows.
    expect(isProcessThere(2 ** 30)).toBe(false);
  });
});
