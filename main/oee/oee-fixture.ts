import { CalendarConfig, OeeConfig } from '../../shared/config/calendar.ts';
import { MachineConfig, ShiftConfig } from '../../shared/config/equipment.ts';
import type { EquipmentOee } from '../../shared/domain/oee-snapshot.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { Clock } from '../platform/clock.ts';
import { createLiveOee, type LiveOee, type OeeReader } from './live-oee.ts';

export const SHIFT_MS = Date.UTC(2026, 0, 5, 6);
export const S = 1_000;
export const MIN = 60 * S;

const tag = (metric: string, role: string, datatype = 'UInt32') => ({
  node: `nsu=urn:x;s=${metric}`,
  metric,
  role,
  datatype,
});
export const machine = (id: string, change: object = {}): MachineConfig =>
  MachineConfig.parse({
    id,
    server: 'plc',
    idealCycleMs: 1_000,
    tags: [
      tag('State', 'state', 'String'),
      tag('StopReason', 'stop-reason', 'String'),
      tag('Processed', 'total'),
      tag('Defective', 'reject'),
      tag('Temperature', 'value', 'Double'),
    ],
    ...change,
  });
export const EARLY = ShiftConfig.parse({
  name: 'Early',
  days: ['mon'],
  from: '06:00',
  to: '14:00',
  breaks: [{ name: 'Break', from: '10:00', to: '10:30' }],
});

/** A calendar without exceptions and the usual rules. */
export const PLAIN = { calendar: CalendarConfig.parse({}), oee: OeeConfig.parse({}), samplingClasses: {} };

/** A row at `offsetMs` of the shift; texts go where the ingest puts them. */
export const row = (
  device: string,
  metricName: string,
  offsetMs: number,
  value: number | string | boolean,
  quality = 192,
): TelemetryRow => ({
  timeMs: SHIFT_MS + offsetMs,
  machineId: `plant/edge/${device}`,
  metricName,
  value: typeof value === 'string' ? null : Number(value),
  quality,
  meta: typeof value === 'string' ? { text: value } : null,
  isHistorical: false,
  receivedAtMs: SHIFT_MS + offsetMs + 50,
});

export const NOTHING: OeeReader = { readSamples: () => pagesOf([]) };

export async function* pagesOf(
  pages: readonly (readonly TelemetryRow[])[],
): AsyncGenerator<readonly TelemetryRow[], void, undefined> {
  for (const page of pages) yield await Promise.resolve(page);
}

interface Built<C> {
  readonly clock: C;
  readonly oee: LiveOee;
}

type Build<C> = (
  machines: readonly MachineConfig[],
  nowOffsetMs: number,
  reader?: OeeReader,
  shifts?: readonly ShiftConfig[],
) => Built<C>;

/** Makes OEE of a line at an offset of its early shift; give it the maker of a clock that is moved by hand. */
export function builder<C extends Clock>(makeClock: (startMs: number) => C): Build<C> {
  return (machines, nowOffsetMs, reader = NOTHING, shifts = [EARLY]) => {
    const clock = makeClock(SHIFT_MS + nowOffsetMs);
    const names = { groupId: 'plant', edgeNodeId: 'edge', lineName: 'Line 1', timeZone: 'UTC', ...PLAIN };
    return { clock, oee: createLiveOee({ ...names, machines, shifts, reader, clock }) };
  };
}

/** One part a second from `fromMs` to `toMs`, every tenth a reject. */
export const parts = (device: string, fromMs: number, toMs: number, start = 0): TelemetryRow[] =>
  Array.from({ length: (toMs - fromMs) / S + 1 }, (_, index) => [
    row(device, 'Processed', fromMs + index * S, start + index),
    row(device, 'Defective', fromMs + index * S, Math.floor((start + index) / 10)),
  ]).flat();

export const first = (oee: LiveOee): EquipmentOee => {
  const [found] = oee.snapshot().machines;
  if (found === undefined) throw new Error('no machine');
  return found;
};
