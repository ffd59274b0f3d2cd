import { Buffer } from 'node:buffer';
import {
  type ArrayDatatype,
  type Datatype,
  isArrayDatatype,
  type MetricValue,
  type ScalarDatatype,
  toItemDatatype,
} from '../../shared/domain/metric.ts';
import { encodePayload, toWireMetric, type WireMetric } from './encode-payload.ts';

const INTEGER = /^-?\d+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const NUMBERS_WITHOUT_DIGITS = ['NaN', 'Infinity', '-Infinity'];

function parseNumber(text: string): number | undefined {
  if (NUMBERS_WITHOUT_DIGITS.includes(text)) return Number(text);
  const number = Number(text);
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number;
}

function parseDate(text: string): number | undefined {
  const timestampMs = INTEGER.test(text) ? Number(text) : Date.parse(text);
  return Number.isSafeInteger(timestampMs) ? timestampMs : undefined;
}

function parseScalar(datatype: ScalarDatatype, text: string): Exclude<MetricValue, null> | undefined {
  switch (datatype) {
    case 'Int8':
    case 'Int16':
    case 'Int32':
    case 'UInt8':
    case 'UInt16':
    case 'UInt32':
      return INTEGER.test(text) ? Number(text) : undefined;
    case 'Int64':
    case 'UInt64':
      return INTEGER.test(text) ? BigInt(text) : undefined;
    case 'Float':
    case 'Double':
      return parseNumber(text);
    case 'Boolean':
      return text === 'true' || text === 'false' ? text === 'true' : undefined;
    case 'DateTime':
      return parseDate(text);
    case 'UUID':
      return UUID.test(text) ? text : undefined;
    case 'String':
    case 'Text':
      return text;
    case 'Bytes':
      return BASE64.test(text) ? Uint8Array.from(Buffer.from(text, 'base64')) : undefined;
  }
}

/** A JSON array; 64-bit integers may stand in it as text. */
function parseArray(datatype: ArrayDatatype, text: string): MetricValue | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(json)) return undefined;
  const itemDatatype = toItemDatatype(datatype);
  const items = json.map((item: unknown) =>
    typeof item === 'object' ? undefined : parseScalar(itemDatatype, String(item)),
  );
  // All items were read as the one datatype; those that are none of it are undefined.
  return items.includes(undefined) ? undefined : (items as number[]);
}

/** What a command writes. */
export interface CommandValue {
  readonly metricName: string;
  readonly datatype: Datatype;
  readonly value: MetricValue;
}

/** The value that a text means under a datatype; undefined where it is none of it, or out of its range. */
export function parseCommandValue(datatype: Datatype, text: string): MetricValue | undefined {
  const value = isArrayDatatype(datatype) ? parseArray(datatype, text) : parseScalar(datatype, text);
  if (value === undefined) return undefined;
  return toCommandMetric({ metricName: '', datatype, value }, 0).isNull ? undefined : value;
}

function toCommandMetric({ metricName, datatype, value }: CommandValue, nowMs: number): WireMetric {
  const outgoing = { datatype, value, quality: 'good', statusCode: 0, timestampMs: nowMs } as const;
  return toWireMetric({ name: metricName, hasDatatype: true, isHistorical: false }, outgoing);
}

/**
 * Payload of an NCMD or DCMD: time of sending, no seq (tck-id-payloads-ncmd-seq, -dcmd-seq); the metric by name and with
 * the datatype of its birth, which the TCK's host test wants and every edge can read (section 2.5).
 */
export const encodeCommand = (command: CommandValue, nowMs: number): Uint8Array =>
  encodePayload(nowMs, null, [toCommandMetric(command, nowMs)]);
