import { PRIORITIES } from '../../shared/domain/metric.ts';
import { type MetricIdentity, PRIORITY_CODE, QUALITIES } from './change-row.ts';
import type { BufferedChange } from './forward-buffer.ts';

/**
 * Rows by column, for the way between two threads: a structured clone writes the name of every field of every
 * object, and took longer than reading the rows from the file (measured).
 */
export interface PackedRows {
  readonly identities: readonly MetricIdentity[];
  /** Places in `identities`. */
  readonly metrics: Uint32Array;
  readonly values: readonly BufferedChange['value'][];
  readonly rowIds: Float64Array;
  readonly timestampsMs: Float64Array;
  readonly storedAtMs: Float64Array;
  readonly statusCodes: Uint32Array;
  readonly qualities: Uint8Array;
  readonly priorities: Uint8Array;
}

export function packRows(rows: readonly BufferedChange[]): PackedRows {
  const identities: MetricIdentity[] = [];
  const places = new Map<string, number>();
  const packed = {
    identities,
    metrics: new Uint32Array(rows.length),
    values: rows.map((row) => row.value),
    rowIds: new Float64Array(rows.length),
    timestampsMs: new Float64Array(rows.length),
    storedAtMs: new Float64Array(rows.length),
    statusCodes: new Uint32Array(rows.length),
    qualities: new Uint8Array(rows.length),
    priorities: new Uint8Array(rows.length),
  };
  rows.forEach((row, index) => {
    const { deviceId, metricName, datatype } = row;
    const key = `${datatype}\n${deviceId === null ? '' : `${deviceId}\n`}\n${metricName}`;
    let place = places.get(key);
    if (place === undefined) {
      place = identities.push({ deviceId, metricName, datatype }) - 1;
      places.set(key, place);
    }
    packed.metrics[index] = place;
    packed.rowIds[index] = row.rowId;
    packed.timestampsMs[index] = row.timestampMs;
    packed.storedAtMs[index] = row.storedAtMs;
    packed.statusCodes[index] = row.statusCode;
    packed.qualities[index] = QUALITIES.indexOf(row.quality);
    packed.priorities[index] = PRIORITY_CODE[row.priority ?? 'normal'];
  });
  return packed;
}

export function unpackRows(packed: PackedRows): readonly BufferedChange[] {
  const rows: BufferedChange[] = [];
  for (let index = 0; index < packed.values.length; index++) {
    const identity = packed.identities[packed.metrics[index] ?? 0];
    const priority = PRIORITIES[packed.priorities[index] ?? PRIORITY_CODE.normal];
    if (identity === undefined) continue;
    const row = {
      rowId: packed.rowIds[index] ?? 0,
      deviceId: identity.deviceId,
      metricName: identity.metricName,
      datatype: identity.datatype,
      value: packed.values[index] ?? null,
      quality: QUALITIES[packed.qualities[index] ?? 0] ?? 'bad',
      statusCode: packed.statusCodes[index] ?? 0,
      timestampMs: packed.timestampsMs[index] ?? 0,
      storedAtMs: packed.storedAtMs[index] ?? 0,
    };
    rows.push(priority === undefined || priority === 'normal' ? row : { ...row, priority });
  }
  return rows;
}
