import sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';

// The generated module of the protocol's own definition file: our codec is no witness for itself.
const { Payload } = sparkplugProto.org.eclipse.tahu.protobuf;
type Raw = ReturnType<typeof Payload.decode>;
type RawMetric = NonNullable<Raw['metrics']>[number];
type RawDataSet = NonNullable<RawMetric['datasetValue']>;
type RawTemplate = NonNullable<RawMetric['templateValue']>;
type RawPropertySet = NonNullable<RawMetric['properties']>;

/** Where in a message a value stood. */
const VALUE_FIELDS = [
  'intValue',
  'longValue',
  'floatValue',
  'doubleValue',
  'booleanValue',
  'stringValue',
  'bytesValue',
  'datasetValue',
  'templateValue',
  'extensionValue',
] as const;
type ValueField = (typeof VALUE_FIELDS)[number];

export interface WitnessProperties {
  readonly keys: readonly string[];
  readonly values: readonly WitnessProperty[];
}

interface WitnessProperty {
  readonly type: number | undefined;
  readonly intValue: number | undefined;
}

/** A metric with the presence of each optional field: undefined means that it was not on the wire. */
export interface WitnessMetric {
  readonly name: string | undefined;
  readonly alias: number | undefined;
  readonly timestampMs: number | undefined;
  readonly datatype: number | undefined;
  readonly isHistorical: boolean | undefined;
  readonly isNull: boolean | undefined;
  readonly properties: WitnessProperties | undefined;
  readonly valueField: ValueField | undefined;
  /** Numbers, texts, bytes and booleans as they are; 64-bit integers as unsigned bigint. */
  readonly value: unknown;
  readonly dataSet: WitnessDataSet | undefined;
  readonly template: WitnessTemplate | undefined;
}

/** Of a DataSet, with what was on the wire and what was not. */
export interface WitnessDataSet {
  readonly columnCount: number | undefined;
  readonly columns: readonly string[];
  readonly types: readonly number[];
  /** Which field each cell stands in; undefined for a cell without value. */
  readonly rows: readonly (readonly (string | undefined)[])[];
}

export interface WitnessParameter {
  readonly name: string | undefined;
  readonly type: number | undefined;
  readonly valueField: string | undefined;
}

export interface WitnessTemplate {
  readonly version: string | undefined;
  readonly templateRef: string | undefined;
  readonly isDefinition: boolean | undefined;
  readonly members: readonly WitnessMetric[];
  readonly parameters: readonly WitnessParameter[];
}

export interface WitnessPayload {
  readonly timestampMs: number | undefined;
  readonly seq: number | undefined;
  readonly metrics: readonly WitnessMetric[];
}

/** Undefined for an absent field of a decoded message: absent ones stand on the prototype only. */
function own<T extends object, K extends keyof T>(message: T, key: K): NonNullable<T[K]> | undefined {
  return Object.hasOwn(message, key) ? (message[key] ?? undefined) : undefined;
}

type Long = Exclude<NonNullable<RawMetric['longValue']>, number>;

const toBigint = (value: number | Long): bigint =>
  typeof value === 'number' ? BigInt(value) : (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);

const toNumber = (value: number | Long | undefined): number | undefined =>
  value === undefined ? undefined : Number(toBigint(value));

/** Throws where the bytes are no Sparkplug payload. */
export function decodeWitness(bytes: Uint8Array): WitnessPayload {
  const raw = Payload.decode(bytes);
  return {
    timestampMs: toNumber(own(raw, 'timestamp')),
    seq: toNumber(own(raw, 'seq')),
    metrics: (own(raw, 'metrics') ?? []).map(toMetric),
  };
}

function toMetric(metric: RawMetric): WitnessMetric {
  const valueField = VALUE_FIELDS.find((field) => Object.hasOwn(metric, field));
  const value = valueField === undefined ? undefined : metric[valueField];
  const properties = own(metric, 'properties');
  return {
    name: own(metric, 'name'),
    alias: toNumber(own(metric, 'alias')),
    timestampMs: toNumber(own(metric, 'timestamp')),
    datatype: own(metric, 'datatype'),
    isHistorical: own(metric, 'isHistorical'),
    isNull: own(metric, 'isNull'),
    properties: properties === undefined ? undefined : toProperties(properties),
    valueField,
    value: valueField === 'longValue' ? toBigint(metric.longValue ?? 0) : value,
    dataSet: metric.datasetValue ? toDataSet(metric.datasetValue) : undefined,
    template: metric.templateValue ? toTemplate(metric.templateValue) : undefined,
  };
}

const CELL_FIELDS = [
  'intValue',
  'longValue',
  'floatValue',
  'doubleValue',
  'booleanValue',
  'stringValue',
  'extensionValue',
];
const fieldOf = (cell: object): string | undefined => CELL_FIELDS.find((field) => Object.hasOwn(cell, field));

const toDataSet = (dataSet: RawDataSet): WitnessDataSet => ({
  columnCount: toNumber(own(dataSet, 'numOfColumns')),
  columns: own(dataSet, 'columns') ?? [],
  types: own(dataSet, 'types') ?? [],
  rows: (own(dataSet, 'rows') ?? []).map((row) => (own(row, 'elements') ?? []).map(fieldOf)),
});

const toTemplate = (template: RawTemplate): WitnessTemplate => ({
  version: own(template, 'version'),
  templateRef: own(template, 'templateRef'),
  isDefinition: own(template, 'isDefinition'),
  members: (own(template, 'metrics') ?? []).map(toMetric),
  parameters: (own(template, 'parameters') ?? []).map((parameter) => ({
    name: own(parameter, 'name'),
    type: own(parameter, 'type'),
    valueField: fieldOf(parameter),
  })),
});

const toProperties = (properties: RawPropertySet): WitnessProperties => ({
  keys: own(properties, 'keys') ?? [],
  values: (own(properties, 'values') ?? []).map((property) => ({
    type: own(property, 'type'),
    intValue: own(property, 'intValue'),
  })),
});

/** A command as any host may send it: no seq, and only the fields that are given. */
export const encodeCommand = (fields: {
  readonly timestampMs?: number;
  readonly metrics: readonly NonNullable<Parameters<typeof Payload.encode>[0]['metrics']>[number][];
}): Uint8Array =>
  Payload.encode({
    ...(fields.timestampMs === undefined ? {} : { timestamp: fields.timestampMs }),
    metrics: [...fields.metrics],
  }).finish();
