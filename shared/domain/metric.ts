import { z } from 'zod';
import type { Quality } from './quality.ts';

/** Scalar Sparkplug B datatypes with their codes (Sparkplug 3.0, section 6.4.1.2). */
export const DATATYPE_CODES = {
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
  String: 12,
  DateTime: 13,
  Text: 14,
  UUID: 15,
  Bytes: 17,
} as const;

export type Datatype = keyof typeof DATATYPE_CODES;

export const Datatype = z.enum(Object.keys(DATATYPE_CODES) as [Datatype, ...Datatype[]]);

/**
 * A value inside the engine: `bigint` for Int64 and UInt64, `number` for the other numbers and for DateTime
 * (milliseconds since 1970 UTC), `null` where there is none.
 */
export type MetricValue = number | bigint | boolean | string | Uint8Array | null;

/** Identity of a configured tag, unique in the site file: `<machine id>.<metric name>`. */
export type TagId = string & { readonly __brand: 'TagId' };

/** One notification of an OPC UA server. Value, quality and source time are sacred: no stage replaces them. */
export interface Sample {
  readonly tagId: TagId;
  readonly value: MetricValue;
  readonly quality: Quality;
  /** OPC UA status code (uint32), 0 when good. */
  readonly statusCode: number;
  /** The device's clock; the server's where the device gives none (`hasSourceTime` false). */
  readonly sourceTimestampMs: number;
  readonly hasSourceTime: boolean;
  readonly serverTimestampMs: number;
  /** OPC UA overflow bit: the server's queue dropped values before this one. */
  readonly hasOverflow: boolean;
}

/** A change of one Sparkplug metric; what the forward buffer stores. `deviceId` null = the edge node itself. */
export interface MetricChange {
  readonly deviceId: string | null;
  readonly metricName: string;
  readonly datatype: Datatype;
  readonly value: MetricValue;
  readonly quality: Quality;
  readonly statusCode: number;
  readonly timestampMs: number;
}
