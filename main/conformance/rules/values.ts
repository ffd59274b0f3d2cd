import { inMetric } from '../mutant.ts';
import type { WitnessMetric, WitnessProperties } from '../payload-witness.ts';
import type { Recording } from '../recording.ts';
import { all, type Check, every, type Rule, unless } from '../rule.ts';
import { type MetricOfMessage, metrics, nameMessage } from '../select.ts';

/** Guide 1.12: property sets. */

const INT32 = 3;
const LAST_TYPE = 34;
const QUALITY_CODES = [0, 192, 500];

type WithProperties = MetricOfMessage & { readonly properties: WitnessProperties };

const propertySets =
  (...verbs: readonly string[]) =>
  (recording: Recording): readonly WithProperties[] =>
    metrics(...verbs)(recording).flatMap((one) =>
      one.metric.properties === undefined ? [] : [{ ...one, properties: one.metric.properties }],
    );

const everySet = (verbs: readonly string[], judge: (properties: WitnessProperties) => string | undefined): Check =>
  every(
    propertySets(...verbs),
    ({ message, metric }) => `${nameMessage(message)}, ${metric.name ?? `alias ${metric.alias}`}`,
    ({ properties }) => judge(properties),
  );

const BIRTHS = ['NBIRTH', 'DBIRTH'];
const ALL = [...BIRTHS, 'NDATA', 'DDATA'];
const hasProperties = ({ properties }: WitnessMetric): boolean => properties !== undefined;

const inProperties = (
  verb: string,
  fault: string,
  change: (properties: WitnessProperties) => Partial<WitnessProperties>,
) =>
  inMetric(verb, fault, hasProperties, ({ properties = { keys: [], values: [] } }) => ({
    properties: { ...properties, ...change(properties) },
  }));

const inQuality = (fault: string, change: Partial<WitnessProperties['values'][number]>) =>
  inProperties('DDATA', fault, ({ keys, values }) => ({
    values: values.map((value, index) => (keys[index] === 'Quality' ? { ...value, ...change } : value)),
  }));

const sameLength: Check = everySet(ALL, ({ keys, values }) =>
  unless(keys.length === values.length, `${keys.length} keys, ${values.length} values`),
);

const qualityOf = ({ keys, values }: WitnessProperties): WitnessProperties['values'][number] | undefined =>
  values[keys.indexOf('Quality')];

const qualities = (judge: (quality: WitnessProperties['values'][number]) => string | undefined): Check =>
  every(
    (recording) =>
      propertySets(...ALL)(recording).flatMap((one) => {
        const quality = qualityOf(one.properties);
        return quality === undefined ? [] : [{ ...one, quality }];
      }),
    ({ message }) => nameMessage(message),
    ({ quality }) => judge(quality),
  );

/** The scenario gives values of each of these qualities. */
const seenQuality = (code: number): Check =>
  every(
    (recording) => propertySets(...ALL)(recording).filter(({ properties }) => qualityOf(properties)?.intValue === code),
    () => '',
    () => undefined,
  );

export const valueRules: readonly Rule[] = [
  {
    ids: ['tck-id-payloads-propertyset-keys-array-size', 'tck-id-payloads-propertyset-values-array-size'],
    says: 'each property set has as many keys as values',
    check: sameLength,
    mutants: [
      inProperties('DDATA', 'has a key more', ({ keys }) => ({ keys: [...keys, 'more'] })),
      inProperties('DBIRTH', 'has a value less', ({ values }) => ({ values: values.slice(1) })),
    ],
  },
  {
    ids: ['tck-id-payloads-metric-propertyvalue-type-type', 'tck-id-payloads-metric-propertyvalue-type-value'],
    says: 'each property has a type that the specification lists',
    check: everySet(ALL, ({ values }) =>
      unless(
        values.every(({ type = -1 }) => Number.isInteger(type) && type >= 1 && type <= LAST_TYPE),
        'has another type',
      ),
    ),
    mutants: [inQuality('its type is 99', { type: 99 })],
  },
  {
    ids: ['tck-id-payloads-metric-propertyvalue-type-req'],
    says: 'each property of a birth has a type',
    check: everySet(BIRTHS, ({ values }) =>
      unless(
        values.every(({ type }) => type !== undefined),
        'has no type',
      ),
    ),
    mutants: [
      inProperties('DBIRTH', 'a property without type', ({ values }) => ({
        values: values.map((value) => ({ ...value, type: undefined })),
      })),
    ],
  },
  {
    ids: ['tck-id-payloads-propertyset-quality-value-type'],
    says: 'the property Quality is an Int32',
    check: qualities(({ type }) => unless(type === INT32, `has type ${type}`)),
    mutants: [inQuality('Quality is a UInt32', { type: 7 })],
  },
  {
    ids: ['tck-id-payloads-propertyset-quality-value-value'],
    says: 'the property Quality is 0, 192 or 500 in int_value; bad and stale values are among those recorded',
    check: all(
      qualities(({ intValue }) => unless(QUALITY_CODES.includes(intValue ?? -1), `Quality is ${intValue}`)),
      seenQuality(0),
      seenQuality(500),
    ),
    mutants: [inQuality('Quality is 64', { intValue: 64 }), inQuality('Quality has no value', { intValue: undefined })],
  },
];
