import sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { MAX_PAYLOAD_BYTES } from './decode-payload.ts';
import { EncodeFault, type EncodeFaultReason } from './encode-fault.ts';
import { toText, toUint64 } from './encode-structures.ts';
import { type Definitions, toGeneratedMetric } from './encode-template.ts';
import type { Payload, PayloadMetric, Template } from './payload.ts';

const { Payload: Generated } = sparkplugProto.org.eclipse.tahu.protobuf;

export type EncodeResult =
  | { readonly kind: 'ok'; readonly bytes: Uint8Array }
  /** `at` names the metric and the part of it. */
  | { readonly kind: 'fault'; readonly reason: EncodeFaultReason; readonly at: string };

const NO_DEFINITIONS: Definitions = new Map();

/**
 * A whole payload as `decodePayload` gives it, of any datatype: what it can read comes back as it was. A value that
 * its datatype cannot hold, a DataSet or a template that breaks its rules and a text that is no UTF-8 are refused,
 * never cut. Instances are held against the definitions of this payload and the ones given (those of the NBIRTH).
 */
export function encodeMessage(payload: Payload, definitions = NO_DEFINITIONS): EncodeResult {
  try {
    const known = new Map([...definitions, ...definitionsOf(payload.metrics)]);
    const { timestampMs, seq, uuid, body } = payload;
    const bytes = Generated.encode({
      ...(timestampMs === undefined ? {} : { timestamp: toUint64(timestampMs, 'timestamp') }),
      metrics: payload.metrics.map((metric) => toGeneratedMetric(metric, known, 1)),
      ...(seq === undefined ? {} : { seq: toUint64(seq, 'seq') }),
      ...(uuid === undefined ? {} : { uuid: toText(uuid, 'uuid') }),
      ...(body === undefined ? {} : { body }),
    }).finish();
    if (bytes.length > MAX_PAYLOAD_BYTES) return { kind: 'fault', reason: 'too-large', at: '' };
    return { kind: 'ok', bytes };
  } catch (error) {
    if (error instanceof EncodeFault) return { kind: 'fault', reason: error.reason, at: error.at };
    throw error;
  }
}

function* definitionsOf(metrics: readonly PayloadMetric[]): Generator<[string, Template]> {
  for (const { name, wireValue } of metrics) {
    const isTemplate = typeof wireValue === 'object' && 'isDefinition' in wireValue;
    if (name !== undefined && isTemplate && wireValue.isDefinition) yield [name, wireValue];
  }
}
