import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodePayload } from './decode-payload.ts';
import { toMetricValue } from './metric-value.ts';
import type { PropertySet, Template } from './payload.ts';
import { type DataSet, type MetaData, type Payload, PAYLOAD_DATATYPES, type PayloadMetric } from './payload.ts';

/** The file's own rules, as its `about` states them: missing keys are not asserted. */
interface ExpectedMetric {
  readonly name?: string;
  readonly alias?: string;
  readonly type?: string;
  readonly value?: unknown;
  readonly metadata?: Record<string, unknown>;
  readonly properties?: Record<string, unknown>;
  readonly undecodable?: boolean;
  readonly badProperties?: boolean;
}
interface Vector {
  readonly name: string;
  readonly base64: string;
  readonly expect: {
    readonly error?: boolean;
    readonly orUndecodable?: boolean;
    readonly bounded?: boolean;
    readonly timestamp?: string | null;
    readonly seq?: number | null;
    readonly uuid?: string;
    readonly body?: string;
    readonly metrics?: readonly ExpectedMetric[];
  };
}

const file = JSON.parse(
  readFileSync(new URL('../testing/vectors/sparkplug-payloads.json', import.meta.url), 'utf8'),
) as { readonly vectors: readonly Vector[] };

/** Integers as decimal strings, the rest as JSON; NaN, infinities and -0 as strings. */
function toNotation(value: unknown, typeName: string): unknown {
  if (value === null) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => toNotation(item, typeName.replace('Array', '')));
  if (typeof value !== 'number') return value;
  if (!['Float', 'Double'].includes(typeName)) return value.toString();
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : value.toString();
}

const typeName = (code: number | undefined): string => PAYLOAD_DATATYPES[code ?? 0] ?? 'Unknown';

function toNotedProperties(set: PropertySet): Record<string, unknown> {
  const noted: [string, unknown][] = [];
  for (const [key, { type, value }] of set) {
    const list = value instanceof Map ? undefined : value;
    const plain =
      value instanceof Map
        ? toNotedProperties(value as PropertySet)
        : Array.isArray(list)
          ? list.map((member: PropertySet) => toNotedProperties(member))
          : toNotation(list, typeName(type));
    noted.push([key, { type: typeName(type), value: plain }]);
  }
  return Object.fromEntries(noted);
}

function toNotedDataSet({ columns, types, rows }: DataSet): unknown {
  return {
    columns,
    types: types.map((type) => typeName(type)),
    rows: rows.map((row) => row.map((cell, index) => toNotation(cell, typeName(types[index])))),
  };
}

function toNotedTemplate(template: Template): Record<string, unknown> {
  return {
    isDefinition: template.isDefinition,
    ...(template.templateRef === undefined ? {} : { templateRef: template.templateRef }),
    ...(template.version === undefined ? {} : { version: template.version }),
    metrics: template.metrics.map((metric) => toNotedMetric(metric)),
    parameters: template.parameters.map(({ name, type, value }) => ({
      name,
      type: typeName(type),
      value: toNotation(value, typeName(type)),
    })),
  };
}

const isDataSet = (value: object): value is DataSet => 'columns' in value;
const isTemplate = (value: object): value is Template => 'isDefinition' in value;

function toNotedMetric(metric: PayloadMetric): ExpectedMetric {
  const value = toMetricValue(metric, metric.datatype ?? 0);
  const isPlain = typeof value !== 'object' || value === null || value instanceof Uint8Array || Array.isArray(value);
  const noted = isPlain
    ? toNotation(value, typeName(metric.datatype))
    : isDataSet(value)
      ? toNotedDataSet(value)
      : isTemplate(value)
        ? toNotedTemplate(value)
        : undefined;
  return {
    ...(metric.name === undefined ? {} : { name: metric.name }),
    ...(metric.alias === undefined ? {} : { alias: metric.alias.toString() }),
    type: typeName(metric.datatype),
    ...(value === undefined ? { undecodable: true } : { value: noted }),
    ...(metric.metadata === undefined ? {} : { metadata: toNotedMetaData(metric.metadata) }),
    ...(metric.hasBadProperties ? { badProperties: true } : {}),
    ...(metric.properties === undefined || metric.hasBadProperties
      ? {}
      : { properties: toNotedProperties(metric.properties) }),
  };
}

function toNotedMetaData({ sizeBytes, seq, ...rest }: MetaData): Record<string, unknown> {
  return { ...rest, size: sizeBytes?.toString(), seq: seq?.toString() };
}

function checkPayload(payload: Payload, expected: Vector['expect']): void {
  if ('timestamp' in expected) expect(payload.timestampMs?.toString() ?? null).toBe(expected.timestamp);
  if ('seq' in expected) expect(payload.seq ?? null).toBe(expected.seq);
  if ('uuid' in expected) expect(payload.uuid).toBe(expected.uuid);
  if ('body' in expected) expect(Buffer.from(payload.body ?? []).toString('base64')).toBe(expected.body);
  expect(payload.metrics.map((metric) => toNotedMetric(metric))).toMatchObject(expected.metrics ?? []);
}

describe('payload vectors of an independent protobuf runtime', () => {
  it.each(file.vectors)('reads "$name" as the vector says', ({ base64, expect: expected }) => {
    const startedMs = performance.now();
    const result = decodePayload(Buffer.from(base64, 'base64'));
    if (expected.bounded) {
      expect(performance.now() - startedMs).toBeLessThan(1_000);
      return;
    }
    if (expected.error) expect(result.kind).toBe('fault');
    else if (result.kind === 'ok') checkPayload(result.payload, expected);
    else expect.fail(`refused as ${result.reason}`);
  });

  it('holds the whole set', () => {
    expect(file.vectors.length).toBeGreaterThanOrEqual(76);
  });
});
