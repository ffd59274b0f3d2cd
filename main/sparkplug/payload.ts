import { type Datatype, DATATYPE_CODES, type MetricValue, type ScalarValue } from '../../shared/domain/metric.ts';

/** All datatypes of Sparkplug 3.0, section 6.4.1.2; the index is the code on the wire. */
// prettier-ignore
export const PAYLOAD_DATATYPES = [
  'Unknown', 'Int8', 'Int16', 'Int32', 'Int64', 'UInt8', 'UInt16', 'UInt32', 'UInt64', 'Float', 'Double', 'Boolean',
  'String', 'DateTime', 'Text', 'UUID', 'DataSet', 'Bytes', 'File', 'Template', 'PropertySet', 'PropertySetList',
  'Int8Array', 'Int16Array', 'Int32Array', 'Int64Array', 'UInt8Array', 'UInt16Array', 'UInt32Array', 'UInt64Array',
  'FloatArray', 'DoubleArray', 'BooleanArray', 'StringArray', 'DateTimeArray',
] as const;

const DATATYPES = new Map<number, Datatype>(
  (Object.keys(DATATYPE_CODES) as Datatype[]).map((datatype) => [DATATYPE_CODES[datatype], datatype]),
);

/** The datatype of a code; undefined for DataSet, Template, File, property types and unknown codes. */
export const toDatatype = (code: number): Datatype | undefined => DATATYPES.get(code);

/** Where in the message the value stood; with the datatype (of the birth, for DATA) it gives the value. */
export type WireKind =
  'none' | 'int' | 'long' | 'float' | 'double' | 'boolean' | 'string' | 'bytes' | 'dataset' | 'template' | 'extension';

/** `int` is a uint32, `long` a uint64 as bigint; undefined for `none`, `extension` and a structure that contradicts itself. */
export type WireValue = number | bigint | boolean | string | Uint8Array | DataSet | Template | undefined;

/** Value of a metric of any datatype. */
export type PayloadValue = MetricValue | DataSet | Template;

export interface DataSet {
  readonly columns: readonly string[];
  /** Datatype codes, one per column. */
  readonly types: readonly number[];
  readonly rows: readonly (readonly ScalarValue[])[];
}

export interface TemplateParameter {
  readonly name: string | undefined;
  readonly type: number | undefined;
  readonly value: ScalarValue;
}

export interface Template {
  readonly version: string | undefined;
  readonly templateRef: string | undefined;
  readonly isDefinition: boolean;
  readonly metrics: readonly PayloadMetric[];
  readonly parameters: readonly TemplateParameter[];
}

export interface MetaData {
  readonly isMultiPart: boolean | undefined;
  readonly contentType: string | undefined;
  readonly sizeBytes: number | undefined;
  readonly seq: number | undefined;
  readonly fileName: string | undefined;
  readonly fileType: string | undefined;
  readonly md5: string | undefined;
  readonly description: string | undefined;
}

/** A Map, not an object: keys come from the network and `__proto__` is one of the possible ones. */
export type PropertySet = ReadonlyMap<string, PropertyValue>;

export interface PropertyValue {
  /** Datatype code; required in births only. */
  readonly type: number | undefined;
  readonly value: ScalarValue | PropertySet | readonly PropertySet[];
}

/** One metric as it stood in the message, before the birth's name and datatype are filled in. */
export interface PayloadMetric {
  readonly name: string | undefined;
  /** A number up to 2^53 − 1, a bigint above, so that equal aliases are equal keys of a Map. */
  readonly alias: number | bigint | undefined;
  readonly timestampMs: number | undefined;
  readonly datatype: number | undefined;
  readonly isHistorical: boolean;
  readonly isTransient: boolean;
  readonly isNull: boolean;
  readonly metadata: MetaData | undefined;
  readonly properties: PropertySet | undefined;
  /** Keys and values did not match, or a property could not be read; what could be read is in `properties`. */
  readonly hasBadProperties: boolean;
  readonly wireKind: WireKind;
  readonly wireValue: WireValue;
}

export interface Payload {
  readonly timestampMs: number | undefined;
  readonly seq: number | undefined;
  readonly metrics: readonly PayloadMetric[];
  readonly uuid: string | undefined;
  readonly body: Uint8Array | undefined;
}

/** Name of the metric that pairs a death with its birth. */
export const BDSEQ_METRIC = 'bdSeq';
/** Name of the metric that asks for all births again (tck-id-operational-behavior-data-commands-rebirth-name). */
export const REBIRTH_METRIC = 'Node Control/Rebirth';
/** The same for one device; optional in the specification. */
export const DEVICE_REBIRTH_METRIC = 'Device Control/Rebirth';
/** Property of a metric whose quality is not good (tck-id-payloads-propertyset-quality-value-type). */
export const QUALITY_PROPERTY = 'Quality';
/** Property of ours: the OPC UA status code (UInt32) where it is not 0. */
export const STATUS_CODE_PROPERTY = 'StatusCode';
