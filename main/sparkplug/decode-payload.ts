import {
  checkDepth,
  field,
  type RawCell,
  readDataSet,
  readMetaData,
  readPropertySet,
  readScalarField,
} from './decode-structures.ts';
import { toCell } from './metric-value.ts';
import type { MetaData, Payload, PayloadMetric, PropertySet, Template, TemplateParameter } from './payload.ts';
import type { WireKind, WireValue } from './payload.ts';
import { WireFault, type WireFaultReason, WireReader } from './wire-reader.ts';

/** A birth of 100,000 metrics is about this size; more is refused before it takes memory. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

export type DecodeResult =
  { readonly kind: 'ok'; readonly payload: Payload } | { readonly kind: 'fault'; readonly reason: WireFaultReason };

/**
 * A Sparkplug B payload, or why the bytes are none. Throws for no bytes; time is linear in the size,
 * nesting and the number of parts are limited, so that memory is too. Metric values stay as they stood on the wire, because DATA has no datatype
 * (tck-id-payloads-metric-datatype-not-req): `toMetricValue` reads them under the birth's.
 */
export function decodePayload(bytes: Uint8Array): DecodeResult {
  if (bytes.length > MAX_PAYLOAD_BYTES) return { kind: 'fault', reason: 'too-large' };
  try {
    return { kind: 'ok', payload: readPayload(new WireReader(bytes), bytes.length) };
  } catch (error) {
    if (error instanceof WireFault) return { kind: 'fault', reason: error.reason };
    throw error;
  }
}

function readPayload(reader: WireReader, end: number): Payload {
  let timestampMs: number | undefined;
  let seq: number | undefined;
  let uuid: string | undefined;
  let body: Uint8Array | undefined;
  const metrics: PayloadMetric[] = [];
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === field(1, 0)) timestampMs = reader.uint53();
    else if (tag === field(2, 2)) metrics.push(readMetric(reader, reader.nestedEnd(end), 1));
    else if (tag === field(3, 0)) seq = reader.uint53();
    else if (tag === field(4, 2)) uuid = reader.string();
    else if (tag === field(5, 2)) body = reader.bytes();
    else reader.skip(tag);
  }
  reader.finish(end);
  return { timestampMs, seq, metrics, uuid, body };
}

function readMetric(reader: WireReader, end: number, depth: number): PayloadMetric {
  checkDepth(depth);
  reader.spend(4);
  let name: string | undefined;
  let alias: number | bigint | undefined;
  let timestampMs: number | undefined;
  let datatype: number | undefined;
  let isHistorical = false;
  let isTransient = false;
  let isNull = false;
  let metadata: MetaData | undefined;
  let properties: PropertySet | undefined;
  let hasBadProperties = false;
  let wireKind: WireKind = 'none';
  let wireValue: WireValue;
  while (reader.at < end) {
    const tag = reader.tag();
    // Fields 1 … 19 of Metric as `field(number, wireType)`, written out so that this hot switch is over constants.
    switch (tag) {
      case 0x0a:
        name = reader.string();
        break;
      case 0x10:
        alias = reader.uint64Key();
        break;
      case 0x18:
        timestampMs = reader.uint53();
        break;
      case 0x20:
        datatype = reader.uint32();
        break;
      case 0x28:
        isHistorical = reader.boolean();
        break;
      case 0x30:
        isTransient = reader.boolean();
        break;
      case 0x38:
        isNull = reader.boolean();
        break;
      case 0x42:
        metadata = readMetaData(reader, reader.nestedEnd(end));
        break;
      case 0x4a: {
        const read = readPropertySet(reader, reader.nestedEnd(end), depth + 1);
        properties = read.properties;
        hasBadProperties = read.hasBad;
        break;
      }
      case 0x50:
        wireKind = 'int';
        wireValue = reader.uint32();
        break;
      case 0x58:
        wireKind = 'long';
        wireValue = reader.uint64();
        break;
      case 0x65:
        wireKind = 'float';
        wireValue = reader.float();
        break;
      case 0x69:
        wireKind = 'double';
        wireValue = reader.double();
        break;
      case 0x70:
        wireKind = 'boolean';
        wireValue = reader.boolean();
        break;
      case 0x7a:
        wireKind = 'string';
        wireValue = reader.string();
        break;
      case 0x82:
        wireKind = 'bytes';
        wireValue = reader.bytes();
        break;
      case 0x8a:
        wireKind = 'dataset';
        wireValue = readDataSet(reader, reader.nestedEnd(end));
        break;
      case 0x92:
        wireKind = 'template';
        wireValue = readTemplate(reader, reader.nestedEnd(end), depth + 1);
        break;
      case 0x9a:
        wireKind = 'extension';
        wireValue = undefined;
        reader.skip(tag);
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.finish(end);
  return {
    name,
    alias,
    timestampMs,
    datatype,
    isHistorical,
    isTransient,
    isNull,
    metadata,
    properties,
    hasBadProperties,
    wireKind,
    wireValue,
  };
}

function readParameter(reader: WireReader, end: number): TemplateParameter | undefined {
  reader.spend(2);
  const cell: RawCell = { kind: 'none', value: undefined };
  let name: string | undefined;
  let type: number | undefined;
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === field(1, 2)) name = reader.string();
    else if (tag === field(2, 0)) type = reader.uint32();
    else if (!readScalarField(reader, tag, 3, cell)) reader.skip(tag);
  }
  reader.finish(end);
  const value = toCell(type ?? 0, cell.kind, cell.value);
  return value === undefined ? undefined : { name, type, value };
}

/** Undefined when a parameter's value does not go with its type. */
function readTemplate(reader: WireReader, end: number, depth: number): Template | undefined {
  checkDepth(depth);
  reader.spend(4);
  let version: string | undefined;
  let templateRef: string | undefined;
  let isDefinition = false;
  const metrics: PayloadMetric[] = [];
  const parameters: (TemplateParameter | undefined)[] = [];
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === field(1, 2)) version = reader.string();
    else if (tag === field(2, 2)) metrics.push(readMetric(reader, reader.nestedEnd(end), depth + 1));
    else if (tag === field(3, 2)) parameters.push(readParameter(reader, reader.nestedEnd(end)));
    else if (tag === field(4, 2)) templateRef = reader.string();
    else if (tag === field(5, 0)) isDefinition = reader.boolean();
    else reader.skip(tag);
  }
  reader.finish(end);
  const readable = parameters.filter((parameter) => parameter !== undefined);
  if (readable.length !== parameters.length) return undefined;
  return { version, templateRef, isDefinition, metrics, parameters: readable };
}
