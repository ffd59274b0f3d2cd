import { Buffer } from 'node:buffer';
import { type JsonItem, toJsonItem, toJsonItems } from '../../shared/domain/array-json.ts';
import type { ScalarValue } from '../../shared/domain/metric.ts';
import { toMetricValue } from './metric-value.ts';
import { type DataSet, PAYLOAD_DATATYPES, type PayloadMetric, type PayloadValue, type Template } from './payload.ts';

type Json = JsonItem | null | readonly Json[] | { readonly [key: string]: Json };

/** Longer texts show their beginning. */
const SHOWN_TEXT = 200;

/** Name of a datatype code; codes that 3.0 does not know keep their number. */
export const nameDatatype = (code: number): string => PAYLOAD_DATATYPES[code] ?? `code ${code}`;

const isDataSet = (value: DataSet | Template): value is DataSet => 'columns' in value;

function toScalarJson(value: ScalarValue): JsonItem | null {
  if (value === null) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : toJsonItem(value);
}

/**
 * A value in a form that JSON keeps exactly: 64-bit integers, NaN, infinities and -0 as text, bytes as base64; a DataSet
 * as columns, types and rows, a Template with its members by name.
 */
export function toJsonValue(value: PayloadValue): Json {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return toScalarJson(value);
  if ('length' in value) return toJsonItems(value);
  return isDataSet(value) ? ofDataSet(value) : ofTemplate(value);
}

const ofDataSet = ({ columns, types, rows }: DataSet): Json => ({
  columns,
  types: types.map(nameDatatype),
  rows: rows.map((row) => row.map(toScalarJson)),
});

function ofTemplate({ version, templateRef, isDefinition, metrics, parameters }: Template): Json {
  return {
    ...(templateRef === undefined ? {} : { templateRef }),
    ...(version === undefined ? {} : { version }),
    isDefinition,
    metrics: metrics.map(ofMember),
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(ofParameter) }),
  };
}

function ofMember(metric: PayloadMetric): Json {
  const { name, datatype } = metric;
  // DATA may leave the datatype out; what stands on the wire is shown then.
  const value = datatype === undefined ? undefined : toMetricValue(metric, datatype);
  const raw = metric.isNull ? null : metric.wireValue;
  return {
    name: name ?? null,
    ...(datatype === undefined ? {} : { datatype: nameDatatype(datatype) }),
    value: value === undefined ? (raw === undefined ? null : toJsonValue(raw)) : toJsonValue(value),
  };
}

const ofParameter = ({ name, type, value }: Template['parameters'][number]): Json => ({
  name: name ?? null,
  ...(type === undefined ? {} : { datatype: nameDatatype(type) }),
  value: toScalarJson(value),
});

/** A value as one line for people, shortened; null stays null. */
export function describePayloadValue(value: PayloadValue): string | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const json = toJsonValue(value);
  const text = typeof json === 'object' ? JSON.stringify(json) : String(json);
  return text.length > SHOWN_TEXT ? `${text.slice(0, SHOWN_TEXT)}…` : text;
}
