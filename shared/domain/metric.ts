import { z } from 'zod';
import type { Quality } from './quality.ts';

/** Scalar Sparkplug B datatypes with their codes (Sparkplug 3.0, section 6.4.1.2). */
const SCALAR_CODES = {
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

/** Array datatypes: one dimension, all items of one scalar datatype, no item null (Sparkplug 3.0, section 6.4.17). */
const ARRAY_CODES = {
  Int8Array: 22,
  Int16Array: 23,
  Int32Array: 24,
  Int64Array: 25,
  UInt8Array: 26,
  UInt16Array: 27,
  UInt32Array: 28,
  UInt64Array: 29,
  FloatArray: 30,
  DoubleArray: 31,
  BooleanArray: 32,
  StringArray: 33,
  DateTimeArray: 34,
} as const;

/** The datatypes a tag may have. DataSet, Template, File and the property types are not among them. */
export const DATATYPE_CODES = { ...SCALAR_CODES, ...ARRAY_CODES } as const;

export type ScalarDatatype = keyof typeof SCALAR_CODES;
export type ArrayDatatype = keyof typeof ARRAY_CODES;
export type Datatype = ScalarDatatype | ArrayDatatype;

export const Datatype = z.enum(Object.keys(DATATYPE_CODES) as [Datatype, ...Datatype[]]);

export const isArrayDatatype = (datatype: Datatype): datatype is ArrayDatatype => Object.hasOwn(ARRAY_CODES, datatype);

/** Datatype of the items, e.g. Int64 of Int64Array: the name without its ending. */
export const toItemDatatype = (datatype: ArrayDatatype): ScalarDatatype =>
  datatype.slice(0, -'Array'.length) as ScalarDatatype;

/**
 * A single value: `bigint` for Int64 and UInt64, `number` for the other numbers and for DateTime (milliseconds since
 * 1970 UTC, negative before), `null` where there is none.
 */
export type ScalarValue = number | bigint | boolean | string | Uint8Array | null;

/** An array: its items as single values of the item's datatype, none of them null. Never a typed array. */
export type ArrayValue = readonly number[] | readonly bigint[] | readonly boolean[] | readonly string[];

/** A value inside the engine. No stage changes one; who makes one copies it from the driver's memory. */
export type MetricValue = ScalarValue | ArrayValue;

/** `Array.isArray` does not narrow to readonly arrays. */
export const isArrayValue = (value: MetricValue): value is ArrayValue => Array.isArray(value);

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
  /** Read after a write was tried: whoever commanded it is told what the device then has, however small the change. */
  readonly isReadBack?: boolean;
}

/** Classes of changes, least first: of a backlog the highest is sent first, in a full buffer the lowest is dropped first. */
export const PRIORITIES = ['low', 'normal', 'high'] as const;
export const Priority = z.enum(PRIORITIES);
export type Priority = z.infer<typeof Priority>;

/** A change of one Sparkplug metric; what the forward buffer stores. `deviceId` null = the edge node itself. */
export interface MetricChange {
  readonly deviceId: string | null;
  readonly metricName: string;
  readonly datatype: Datatype;
  readonly value: MetricValue;
  readonly quality: Quality;
  readonly statusCode: number;
  readonly timestampMs: number;
  /** Absent: normal. */
  readonly priority?: Priority;
}
