import { describe, expect, it } from 'vitest';
import { type LintCases, testLintCases } from '../../testing/lint-cases.ts';
import { type AnyMetric, LintTraffic } from '../../testing/lint-traffic.ts';
import type { STRUCTURE_RULES } from './structure-rules.ts';

type Play = (traffic: LintTraffic) => unknown;
type Properties = NonNullable<AnyMetric['properties']>;
type DataSet = NonNullable<AnyMetric['datasetValue']>;
type Template = NonNullable<AnyMetric['templateValue']>;
type Parameter = NonNullable<Template['parameters']>[number];

const withProperty = (key: string, value: NonNullable<Properties['values']>[number]): Play =>
  withProperties({ keys: [key], values: [value] });
const withProperties =
  (properties: Properties): Play =>
  (t) =>
    t.births([t.born('v', { properties })]);

const TABLE: DataSet = {
  numOfColumns: 2,
  columns: ['a', 'b'],
  types: [3, 12],
  rows: [{ elements: [{ intValue: 1 }, { stringValue: 'x' }] }, { elements: [{}, { stringValue: 'y' }] }],
};
const withTable =
  (changes: DataSet): Play =>
  (t) =>
    t.births([t.born('v', { datatype: 16, datasetValue: { ...TABLE, ...changes } })]);

const member = (t: LintTraffic, name: string): AnyMetric => t.born(name);
const RATIO: Parameter = { name: 'ratio', type: 10, doubleValue: 2 };
const definition = (t: LintTraffic, changes: Template = {}): AnyMetric =>
  t.born('Motor', {
    datatype: 19,
    templateValue: {
      isDefinition: true,
      metrics: [member(t, 'rpm'), member(t, 'amps')],
      parameters: [RATIO],
      ...changes,
    },
  });
const instance = (t: LintTraffic, changes: Template = {}): AnyMetric =>
  t.born('motor 1', {
    datatype: 19,
    templateValue: {
      isDefinition: false,
      templateRef: 'Motor',
      metrics: [member(t, 'rpm'), member(t, 'amps')],
      parameters: [RATIO],
      ...changes,
    },
  });
const withInstance =
  (changes: (t: LintTraffic) => Template): Play =>
  (t) =>
    t.nodeBirth([definition(t)]).deviceBirth([instance(t, changes(t))]);
const withParameter = (parameter: Parameter): Play => withInstance(() => ({ parameters: [parameter] }));
/** Part of an instance, as data may send it. */
const partInData: Play = (t) => {
  t.nodeBirth([definition(t)])
    .deviceBirth([instance(t)])
    .wait(1_000);
  const templateValue = { isDefinition: false, templateRef: 'Motor', metrics: [{ name: 'rpm', doubleValue: 2 }] };
  t.deviceData([{ name: 'motor 1', timestamp: t.atMs, templateValue }]);
};

const CASES: LintCases<typeof STRUCTURE_RULES> = {
  'property-count': [
    withProperties({ keys: ['a', 'b'], values: [{ type: 3, intValue: 1 }] }),
    withProperties({ keys: [], values: [] }),
  ],
  'property-type': [withProperty('unit', { stringValue: 'A' }), withProperty('unit', { type: 12, stringValue: 'A' })],
  'property-value': [
    withProperty('limit', { type: 3, doubleValue: 1 }),
    withProperty('limit', { type: 3, isNull: true }),
  ],
  'quality-type': [
    withProperty('Quality', { type: 4, longValue: 192 }),
    withProperty('quality', { type: 4, longValue: 192 }),
  ],
  'quality-value': [
    withProperty('Quality', { type: 3, intValue: 193 }),
    withProperty('Quality', { type: 3, intValue: 500 }),
  ],
  'dataset-columns': [withTable({ numOfColumns: 3 }), withTable({})],
  'dataset-types': [withTable({ types: [3, 16] }), withTable({ types: [3, 14] })],
  'dataset-rows': [withTable({ rows: [{ elements: [{ intValue: 1 }] }] }), withTable({ rows: [] })],
  'dataset-cell': [
    withTable({ rows: [{ elements: [{ longValue: 1 }, { stringValue: 'x' }] }] }),
    withTable({ rows: [{ elements: [{ intValue: 1 }, {}] }] }),
  ],
  'template-marked': [
    (t) => {
      // Like an instance, but for is_definition.
      const templateValue = { ...instance(t).templateValue, isDefinition: null };
      t.nodeBirth([definition(t)]).deviceBirth([t.born('motor 1', { datatype: 19, templateValue })]);
    },
    withInstance(() => ({ isDefinition: false })),
  ],
  'template-place': [(t) => t.nodeBirth().deviceBirth([definition(t)]), (t) => t.nodeBirth([definition(t)])],
  'template-definition-ref': [
    (t) => t.nodeBirth([definition(t, { templateRef: 'Motor' })]),
    (t) => t.nodeBirth([definition(t)]),
  ],
  'template-instance-ref': [withInstance(() => ({ templateRef: null })), withInstance(() => ({}))],
  'template-unknown': [
    withInstance(() => ({ templateRef: 'Pump' })),
    // The instance may stand before its definition.
    (t) => t.nodeBirth([instance(t), definition(t)]),
  ],
  'template-member': [
    withInstance((t) => ({ metrics: [member(t, 'rpm'), member(t, 'amps'), member(t, 'volts')] })),
    partInData,
  ],
  'template-member-missing': [withInstance((t) => ({ metrics: [member(t, 'rpm')] })), partInData],
  'template-parameter': [
    withParameter({ name: 'offset', type: 10, doubleValue: 1 }),
    withInstance(() => ({ parameters: [] })),
  ],
  'template-version': [
    // A metric M whose template has the varint 1 in field 1, and is_definition.
    (t) => t.bytes('NBIRTH', null, Buffer.from('120c0a014d2013920104080128011800', 'hex')),
    withInstance(() => ({ version: '1.0' })),
  ],
  'parameter-name': [withParameter({ type: 10, doubleValue: 1 }), withParameter(RATIO)],
  'parameter-type': [
    withParameter({ name: 'ratio', doubleValue: 1 }),
    withParameter({ ...RATIO, type: 9, doubleValue: null, floatValue: 1 }),
  ],
  'parameter-value': [
    withParameter({ name: 'ratio', type: 10, intValue: 1 }),
    withParameter({ name: 'ratio', type: 10 }),
  ],
};

describe('structures in a metric', () => {
  testLintCases(CASES);

  it('looks into sets inside a set', () => {
    const inner = { keys: ['Quality'], values: [{ type: 3, intValue: 7 }] };
    const traffic = new LintTraffic();
    withProperty('nested', { type: 20, propertysetValue: inner })(traffic);
    expect(traffic.found()).toEqual(['quality-value']);
  });

  it('looks into templates inside a template', () => {
    const traffic = new LintTraffic();
    const inner = { isDefinition: false, templateRef: 'Bearing' };
    const holder = { metrics: [traffic.born('front', { datatype: 19, templateValue: inner })] };
    const outer = definition(traffic, { metrics: [traffic.born('front')], parameters: [] });
    traffic.nodeBirth([outer]).deviceBirth([instance(traffic, { ...holder, parameters: [] })]);
    expect(traffic.found()).toEqual(['template-unknown']);
  });
});
