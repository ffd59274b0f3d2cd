import { describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../platform/log.ts';
import { AlarmLog } from './alarm-log.ts';
import type { StoreAlarms, WriterState } from './ports.ts';

const quiet: StoreAlarms = { quarantine: null, rescue: null, diskFullSinceMs: null };
const working: WriterState = { phase: 'working' };
const quarantined = (atMs: number): StoreAlarms => ({
  ...quiet,
  quarantine: { atMs, folder: '/data/quarantine/1', reason: 'not a database', byteCount: 4_096 },
});

function listen(): { alarms: AlarmLog; told: () => string[] } {
  const told: string[] = [];
  const note: Log['info'] = (_text, facts) => told.push(String(facts?.['code']));
  const log: Log = { ...silentLog, warn: note, info: (text, facts) => note(text, { code: `over ${facts?.['code']}` }) };
  return { alarms: new AlarmLog(log), told: () => told.splice(0) };
}

describe('AlarmLog', () => {
  it('says a full disk once, and once that it is over', () => {
    const { alarms, told } = listen();
    alarms.note(quiet, working);
    alarms.note({ ...quiet, diskFullSinceMs: 5 }, working);
    alarms.note({ ...quiet, diskFullSinceMs: 5 }, working);
    expect(told()).toEqual(['store-and-forward/disk-full']);
    alarms.note(quiet, working);
    alarms.note(quiet, working);
    expect(told()).toEqual(['over store-and-forward/disk-full']);
  });

  it('says that the file takes no changes', () => {
    const { alarms, told } = listen();
    alarms.note(quiet, { phase: 'failing', sinceMs: 3, code: 'store-and-forward/append-failed', text: 'read-only' });
    alarms.note(quiet, working);
    expect(told()).toEqual(['store-and-forward/append-failed', 'over store-and-forward/append-failed']);
  });

  it('says each file that is moved aside, also the second one', () => {
    const { alarms, told } = listen();
    alarms.note(quarantined(5), working);
    alarms.note(quarantined(5), working);
    alarms.note(quarantined(9), working);
    expect(told()).toEqual(['store-and-forward/file-quarantined', 'store-and-forward/file-quarantined']);
  });
});
