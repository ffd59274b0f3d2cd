import { getStatusCodeFromCode } from 'node-opcua';
import type { Sample } from '../../shared/domain/metric.ts';
import type { Quality } from '../../shared/domain/quality.ts';
import type { ValueRefusal } from './convert-scalar.ts';
import { convertValue, type DecodedVariant } from './convert-value.ts';
import type { OpcuaTag } from './opcua-source-options.ts';

/** The parts of a node-opcua `DataValue` that are read. */
export interface DecodedDataValue {
  readonly value?: DecodedVariant | null;
  readonly statusCode?: { readonly value: number } | null;
  readonly sourceTimestamp?: Date | null;
  readonly serverTimestamp?: Date | null;
}

export interface SampleOutcome {
  readonly sample: Sample;
  /** Why the value was not taken, in words for a person; `null` when it was. */
  readonly reason: string | null;
}

// OPC 10000-4, 7.39: severity in the two highest bits; the info bits hold the overflow bit of a DataValue.
const INFO_TYPE_MASK = 0x0c00;
const INFO_TYPE_DATA_VALUE = 0x0400;
const OVERFLOW_BIT = 0x0080;
const BAD_TYPE_MISMATCH = 0x80740000;
const BAD_OUT_OF_RANGE = 0x803c0000;
const BAD_ENCODING_LIMITS_EXCEEDED = 0x80080000;

const withoutInfoBits = (code: number): number => (code & 0xffff0000) >>> 0;

/** Severity of a status code: good 00, uncertain 01, bad 10 (11 is reserved and never good). */
export function toQuality(statusCode: number): Quality {
  const severity = statusCode >>> 30;
  if (severity === 0) return 'good';
  return severity === 1 ? 'uncertain' : 'bad';
}

/** Name of a status code as the standard writes it, e.g. `BadSensorFailure`. */
export function describeStatus(statusCode: number): string {
  const name = getStatusCodeFromCode(withoutInfoBits(statusCode)).name;
  return name === '' ? `0x${statusCode.toString(16).padStart(8, '0')}` : name;
}

function refusedStatus(refusal: ValueRefusal): number {
  if (refusal === 'is too large') return BAD_ENCODING_LIMITS_EXCEEDED;
  return refusal === 'is out of range' ? BAD_OUT_OF_RANGE : BAD_TYPE_MISMATCH;
}

/**
 * A data value of the server as a sample. Value, status and source time are taken as they are; a value that
 * is no value of the configured datatype becomes `null` with bad quality and a reason.
 *
 * @param receivedAtMs our clock; stands in for the server time where the server gives none.
 */
export function toSample(tag: OpcuaTag, dataValue: DecodedDataValue, receivedAtMs: number): SampleOutcome {
  const rawStatus = (dataValue.statusCode?.value ?? 0) >>> 0;
  const statusCode = withoutInfoBits(rawStatus);
  const quality = toQuality(rawStatus);
  const conversion = dataValue.value
    ? convertValue(dataValue.value, tag.datatype)
    : { isFit: true as const, value: null };
  const sourceMs = dataValue.sourceTimestamp?.getTime();
  const serverTimestampMs = dataValue.serverTimestamp?.getTime() ?? receivedAtMs;
  const times = {
    tagId: tag.tagId,
    sourceTimestampMs: sourceMs ?? serverTimestampMs,
    hasSourceTime: sourceMs !== undefined,
    serverTimestampMs,
    hasOverflow: (rawStatus & INFO_TYPE_MASK) === INFO_TYPE_DATA_VALUE && (rawStatus & OVERFLOW_BIT) !== 0,
  };
  if (conversion.isFit) {
    const reason = quality === 'good' ? null : describeStatus(statusCode);
    return { sample: { ...times, value: conversion.value, quality, statusCode }, reason };
  }
  // A bad status says more than the shape of the value that came with it.
  if (quality === 'bad') {
    return { sample: { ...times, value: null, quality, statusCode }, reason: describeStatus(statusCode) };
  }
  return {
    sample: { ...times, value: null, quality: 'bad', statusCode: refusedStatus(conversion.refusal) },
    reason: `the value ${conversion.refusal}, configured is ${tag.datatype}`,
  };
}
