import type { AssertionId } from '../../sparkplug/assertions.ts';
import { inMetric, inPayload, type Mutant, mutant, withoutMetric } from '../mutant.ts';
import type { WitnessMetric } from '../payload-witness.ts';
import { all, type Check, everyMessage, everyMetric, type Rule, unless, whole } from '../rule.ts';
import { bornScopes } from '../scopes.ts';
import { edgeConnections, findMetric, metrics, published } from '../select.ts';

/** Guide 1.3 and 1.4: what births say of their metrics. */

const BIRTHS = ['NBIRTH', 'DBIRTH'];
const BOOLEAN = 11;
const LAST_DATATYPE = 34;
const REBIRTH = 'Node Control/Rebirth';

const isAny = (): boolean => true;
const hasValue = ({ valueField }: WitnessMetric): boolean => valueField !== undefined;

/** Every metric by which data comes stands in the birth of its scope. */
const listsAll = (verb: string): Check =>
  whole((recording) => {
    const judged = bornScopes(recording).filter(({ message }) => message.verb === verb);
    const findings = judged.flatMap(({ message, scope }) =>
      (message.payload?.metrics ?? [])
        .filter(
          ({ alias, name }) =>
            !scope?.some((born) => (alias === undefined ? born.name === name : born.alias === alias)),
        )
        .map(({ alias, name }) => `${message.packet.topic}: ${name ?? `alias ${alias}`} was not born`),
    );
    return { subjectCount: judged.length, findings };
  });

const strangeMetric = (verb: string): Mutant =>
  inMetric(verb, 'has a metric that was not born', isAny, () => ({ alias: 9_999 }));
const lostMetric = (birth: string, data: string): Mutant => ({
  fault: `${birth}: leaves out what ${data} brings`,
  apply(recordings) {
    // The first metric of the first data message is taken out of all births.
    const alias = recordings.flatMap(metrics(data))[0]?.metric.alias;
    let changed = recordings;
    const one = withoutMetric(birth, 'a metric is left out', (metric) => metric.alias === alias);
    for (;;) {
      try {
        changed = one.apply(changed);
      } catch {
        return changed;
      }
    }
  },
});

const isComplete = ({ name, datatype, valueField, isNull }: WitnessMetric): string | undefined => {
  if (name === undefined || name === '') return 'has no name';
  if (datatype === undefined) return 'has no datatype';
  if (isNull === true) return unless(valueField === undefined, 'is null and has a value');
  return unless(valueField !== undefined, 'has neither a value nor is_null');
};

const completeRule = (verb: string, ...ids: readonly AssertionId[]): Rule => ({
  ids,
  says: `each metric of ${verb} has name, datatype and its current value, or is null`,
  check: everyMetric(metrics(verb), ({ metric }) => isComplete(metric)),
  mutants: [
    inMetric(verb, 'a metric without name', isAny, () => ({ name: undefined })),
    inMetric(verb, 'a metric without datatype', isAny, () => ({ datatype: undefined })),
    inMetric(verb, 'a metric without value', hasValue, () => ({ valueField: undefined })),
    inMetric(verb, 'a null with a value', hasValue, () => ({ isNull: true })),
  ],
});

/** The value that a birth shows is the last that was sent, or newer. */
const showsCurrent = (verb: string): Check =>
  whole((recording) => {
    const findings: string[] = [];
    const newestMs = new Map<string, number>();
    let subjectCount = 0;
    for (const { messages } of recording.namesakeCount > 1 ? [] : edgeConnections(recording)) {
      const names = new Map<number, string>();
      for (const { verb: kind, deviceId = '', payload, packet } of messages) {
        for (const { alias, timestampMs = 0, isHistorical, name } of payload?.metrics ?? []) {
          if (alias === undefined) continue;
          if (name !== undefined) names.set(alias, name);
          const key = `${deviceId}/${names.get(alias)}`;
          const newest = newestMs.get(key);
          if (kind === verb && newest !== undefined) {
            subjectCount += 1;
            if (timestampMs < newest) findings.push(`${packet.topic}: ${name} is older than what was sent before`);
          }
          if (isHistorical !== true) newestMs.set(key, Math.max(newest ?? 0, timestampMs));
        }
      }
    }
    return { subjectCount, findings };
  });

/** The last birth of a recording says that its values are from long ago. */
const oldValue = (verb: string): Mutant =>
  mutant(`${verb}: a rebirth shows the first values again`, (recording) => {
    const last = published(verb)(recording).at(-1)?.payload;
    if (last === undefined) return undefined;
    return inPayload(verb, '', (payload) =>
      payload === last ? { metrics: payload.metrics.map((metric) => ({ ...metric, timestampMs: 1_000 })) } : undefined,
    ).apply([recording])[0];
  });

const rebirthMetric = (judge: (metric: WitnessMetric | undefined) => string | undefined): Check =>
  everyMessage(published('NBIRTH'), ({ payload }) => judge(findMetric(payload, REBIRTH)));
const isRebirth = ({ name }: WitnessMetric): boolean => name === REBIRTH;
const withoutRebirth = withoutMetric('NBIRTH', `has no ${REBIRTH}`, isRebirth);
const isFalse = ({ valueField, value }: WitnessMetric): boolean => valueField === 'booleanValue' && value === false;

export const birthRules: readonly Rule[] = [
  {
    ids: ['tck-id-topics-nbirth-metric-reqs', 'tck-id-operational-behavior-data-publish-nbirth'],
    says: 'NBIRTH lists every metric of the node that comes as data in its session',
    check: listsAll('NDATA'),
    mutants: [strangeMetric('NDATA'), lostMetric('NBIRTH', 'NDATA')],
  },
  {
    ids: ['tck-id-topics-dbirth-metric-reqs', 'tck-id-operational-behavior-data-publish-dbirth'],
    says: 'DBIRTH lists every metric of the device that comes as data until its next birth or death',
    check: listsAll('DDATA'),
    mutants: [strangeMetric('DDATA'), lostMetric('DBIRTH', 'DDATA')],
  },
  completeRule('NBIRTH', 'tck-id-topics-nbirth-metrics'),
  completeRule('DBIRTH', 'tck-id-topics-dbirth-metrics'),
  {
    ids: ['tck-id-operational-behavior-data-publish-nbirth-values'],
    says: 'NBIRTH shows current values: none is older than what was sent of it before',
    check: all(
      showsCurrent('NBIRTH'),
      everyMetric(metrics('NBIRTH'), ({ metric }) => isComplete(metric)),
    ),
    mutants: [
      oldValue('NBIRTH'),
      inMetric('NBIRTH', 'a metric without value', hasValue, () => ({ valueField: undefined })),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-data-publish-dbirth-values'],
    says: 'DBIRTH shows current values: none is older than what was sent of it before',
    check: all(
      showsCurrent('DBIRTH'),
      everyMetric(metrics('DBIRTH'), ({ metric }) => isComplete(metric)),
    ),
    mutants: [
      oldValue('DBIRTH'),
      inMetric('DBIRTH', 'a metric without value', hasValue, () => ({ valueField: undefined })),
    ],
  },
  {
    ids: ['tck-id-payloads-metric-datatype-req'],
    says: 'each metric of a birth has a datatype',
    check: everyMetric(metrics(...BIRTHS), ({ metric }) => unless(metric.datatype !== undefined, 'has no datatype')),
    mutants: BIRTHS.map((verb) => inMetric(verb, 'a metric without datatype', isAny, () => ({ datatype: undefined }))),
  },
  {
    ids: ['tck-id-payloads-metric-datatype-value-type', 'tck-id-payloads-metric-datatype-value'],
    says: 'each datatype is a number that the specification lists',
    check: everyMetric(metrics(...BIRTHS), ({ metric: { datatype = -1 } }) =>
      unless(Number.isInteger(datatype) && datatype >= 1 && datatype <= LAST_DATATYPE, `datatype ${datatype}`),
    ),
    mutants: [0, 35].map((datatype) => inMetric('DBIRTH', `datatype ${datatype}`, isAny, () => ({ datatype }))),
  },
  {
    ids: ['tck-id-payloads-name-birth-data-requirement'],
    says: 'each metric of a birth or of data has a timestamp of its own',
    check: everyMetric(metrics('NBIRTH', 'DBIRTH', 'NDATA', 'DDATA'), ({ metric }) =>
      unless(metric.timestampMs !== undefined, 'has no timestamp'),
    ),
    mutants: ['NBIRTH', 'DBIRTH', 'NDATA', 'DDATA'].map((verb) =>
      inMetric(verb, 'a metric without timestamp', isAny, () => ({ timestampMs: undefined })),
    ),
  },
  {
    ids: ['tck-id-payloads-metric-timestamp-in-UTC'],
    says: 'the timestamp of each metric is in milliseconds UTC: of the last ten minutes, never in the future',
    check: everyMetric(metrics('NBIRTH', 'DBIRTH', 'NDATA', 'DDATA'), ({ metric: { timestampMs = 0 }, message }) => {
      const ageMs = message.packet.atMs - timestampMs;
      return unless(ageMs > -1_000 && ageMs < 600_000, `is ${ageMs} ms old`);
    }),
    mutants: [
      inMetric('DDATA', 'a time in seconds', isAny, ({ timestampMs = 0 }) => ({ timestampMs: timestampMs / 1000 })),
      inMetric('DBIRTH', 'a time one zone ahead', isAny, ({ timestampMs = 0 }) => ({
        timestampMs: timestampMs + 3.6e6,
      })),
    ],
  },
  {
    ids: [
      'tck-id-topics-nbirth-rebirth-metric',
      'tck-id-payloads-nbirth-rebirth-req',
      'tck-id-operational-behavior-data-commands-rebirth-name',
    ],
    says: `each NBIRTH holds the metric ${REBIRTH}, Boolean and false`,
    check: rebirthMetric((metric) =>
      unless(metric?.datatype === BOOLEAN && isFalse(metric), `${REBIRTH} is not there, or not a false Boolean`),
    ),
    mutants: [withoutRebirth],
  },
  {
    ids: ['tck-id-operational-behavior-data-commands-rebirth-datatype'],
    says: `${REBIRTH} has the datatype Boolean`,
    check: rebirthMetric((metric) => unless(metric?.datatype === BOOLEAN, `has datatype ${metric?.datatype}`)),
    mutants: [inMetric('NBIRTH', `${REBIRTH} is an Int32`, isRebirth, () => ({ datatype: 3 })), withoutRebirth],
  },
  {
    ids: ['tck-id-operational-behavior-data-commands-rebirth-value'],
    says: `${REBIRTH} is false`,
    check: rebirthMetric((metric) => unless(metric !== undefined && isFalse(metric), `is ${String(metric?.value)}`)),
    mutants: [inMetric('NBIRTH', `${REBIRTH} is true`, isRebirth, () => ({ value: true })), withoutRebirth],
  },
  {
    ids: ['tck-id-operational-behavior-data-commands-rebirth-name-aliases'],
    says: `${REBIRTH} has no alias although other metrics have one`,
    check: all(
      rebirthMetric((metric) =>
        unless(metric !== undefined && metric.alias === undefined, `has alias ${metric?.alias}`),
      ),
      whole((recording) => ({
        subjectCount: metrics(...BIRTHS)(recording).filter(({ metric }) => metric.alias !== undefined).length,
        findings: [],
      })),
    ),
    mutants: [inMetric('NBIRTH', `${REBIRTH} has an alias`, isRebirth, () => ({ alias: 7 }))],
  },
];
