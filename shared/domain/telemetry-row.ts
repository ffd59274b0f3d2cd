import type { JsonItem } from './array-json.ts';

/** One row of the `telemetry` hypertable; unique by (machineId, metricName, timeMs). */
export interface TelemetryRow {
  readonly timeMs: number;
  /** `<group id>/<edge node id>/<device id>`, or without the device for the edge node's own metrics. */
  readonly machineId: string;
  readonly metricName: string;
  /** Numbers and booleans (0/1); null for text, bytes, arrays and null values. */
  readonly value: number | null;
  /** Code of `toQualityCode`. */
  readonly quality: number;
  /**
   * `{ text }` for strings, `{ exact }` for 64-bit integers a double cannot hold, `{ bytesBase64 }` for bytes,
   * `{ items, datatype }` for arrays (`parseJsonItems` reads them), `{ statusCode }` when not good.
   */
  readonly meta: Readonly<Record<string, string | number | readonly JsonItem[]>> | null;
  readonly isHistorical: boolean;
  readonly receivedAtMs: number;
}

/** Key of an equipment in the historian; slashes cannot occur in the parts (Sparkplug forbids them). */
export function toMachineId(groupId: string, edgeNodeId: string, deviceId: string | null): string {
  return deviceId === null ? `${groupId}/${edgeNodeId}` : `${groupId}/${edgeNodeId}/${deviceId}`;
}
