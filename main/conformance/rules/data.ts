import { inMetric, inPayload, type Mutant, mutant } from '../mutant.ts';
import type { WitnessMetric, WitnessPayload } from '../payload-witness.ts';
import type { Recording } from '../recording.ts';
import { type Check, everyMessage, everyMetric, type Rule, unless, whole } from '../rule.ts';
import { bornScopes } from '../scopes.ts';
import { edgeConnections, isPublish, metrics, nameMessage, published, toPayload, verbOf } from '../select.ts';

/** Guide 1.5: what NDATA and DDATA hold. */

const DATA = ['NDATA', 'DDATA'];
const BIRTHS = ['NBIRTH', 'DBIRTH'];
const isAny = (): boolean => true;
/** These two are always called by their names. */
const isOfProtocol = ({ name = '' }: WitnessMetric): boolean => name === 'bdSeq' || name.startsWith('Node Control/');

/** Every value that a source was given comes out, in a birth or as data. */
const bringsChanges = (verb: string): Check =>
  whole((recording) => {
    const sent = new Set<string>();
    const note = (deviceId: string | undefined, name: string | undefined, value: unknown): unknown =>
      sent.add(`${deviceId ?? ''}/${name}=${String(value)}`);
    for (const { message, metric } of metrics(...BIRTHS)(recording)) note(message.deviceId, metric.name, metric.value);
    for (const { message, scope } of bornScopes(recording)) {
      for (const { alias, value } of message.payload?.metrics ?? []) {
        note(message.deviceId, scope?.find((born) => born.alias === alias)?.name, value);
      }
    }
    const given = recording.deeds.flatMap(({ deviceId, given: value }) =>
      value !== undefined && (deviceId === undefined) === (verb === 'NDATA') ? [{ deviceId, ...value }] : [],
    );
    const lost = given.filter(
      ({ deviceId, metricName, value }) => !sent.has(`${deviceId ?? ''}/${metricName}=${value}`),
    );
    return {
      subjectCount: given.length,
      findings: lost.map(({ metricName, value }) => `${recording.scenario}: ${metricName} = ${value} never came`),
    };
  });

/** A value is left out of every message. */
const swallowed = (verb: string): Mutant =>
  mutant(`${verb}: a change is never sent`, (recording) => {
    const [given] = recording.deeds.flatMap(({ deviceId, given: value }) =>
      value !== undefined && (deviceId === undefined) === (verb === 'NDATA') ? [value.value] : [],
    );
    if (given === undefined) return undefined;
    const strip = (payload: WitnessPayload): WitnessPayload => ({
      ...payload,
      metrics: payload.metrics.filter(({ value }) => value !== given),
    });
    const connections = recording.connections.map((connection) => ({
      ...connection,
      packets: connection.packets.map((packet) => {
        const payload = isPublish(packet) && verbOf(packet.topic) === verb ? toPayload(packet.content) : undefined;
        return isPublish(packet) && payload
          ? { ...packet, content: { kind: 'sparkplug' as const, payload: strip(payload) } }
          : packet;
      }),
    }));
    return { ...recording, connections };
  });

/** Text of a value with everything that a reader could see change. */
const show = ({ value, isNull, properties }: WitnessMetric): string =>
  JSON.stringify([isNull, properties, typeof value === 'bigint' ? String(value) : value, Object.is(value, -0)]);

/**
 * A live value differs from the one that data told of this metric before, in itself or in its quality. After a birth
 * it may be told once: a change that the birth has shown already is still on its way.
 */
const onlyChanges = (...verbs: readonly string[]): Check =>
  whole((recording) => {
    const findings: string[] = [];
    let subjectCount = 0;
    for (const { messages } of edgeConnections(recording)) {
      const last = new Map<number, string>();
      for (const message of messages) {
        for (const metric of message.payload?.metrics ?? []) {
          const { alias, isHistorical } = metric;
          if (alias === undefined || isHistorical === true) continue;
          if (BIRTHS.includes(message.verb)) last.delete(alias);
          if (!verbs.includes(message.verb)) continue;
          subjectCount += 1;
          const shown = show(metric);
          if (last.get(alias) === shown) findings.push(`${nameMessage(message)}: alias ${alias} is told again`);
          last.set(alias, shown);
        }
      }
    }
    return { subjectCount, findings };
  });

const twice = (verb: string): Mutant =>
  inPayload(verb, 'tells a value again, with another time', ({ metrics: all }) => {
    const live = all.find(({ isHistorical }) => isHistorical !== true);
    return live && { metrics: [...all, { ...live, timestampMs: (live.timestampMs ?? 0) + 1_000 }] };
  });

const inOrder = (...verbs: readonly string[]): Check =>
  everyMessage(published(...verbs), ({ payload }) => {
    const times = (payload?.metrics ?? [])
      .filter(({ isHistorical }) => isHistorical !== true)
      .map(({ timestampMs = 0 }) => timestampMs);
    return unless(
      times.every((timeMs, index) => timeMs >= (times[index - 1] ?? 0)),
      'is not in the order of time',
    );
  });

const turned = (verb: string): Mutant =>
  inPayload(verb, 'lists the newest value first', ({ metrics: all }) =>
    new Set(all.filter(({ isHistorical }) => isHistorical !== true).map(({ timestampMs }) => timestampMs)).size > 1
      ? { metrics: all.toReversed() }
      : undefined,
  );

/** Aliases of a session and what they stand for, over the node and all its devices. */
const uniqueAliases = whole((recording: Recording) => {
  const findings: string[] = [];
  let subjectCount = 0;
  for (const { messages } of edgeConnections(recording)) {
    const meanings = new Map<number, string>();
    for (const { verb, deviceId = '', payload, packet } of messages) {
      if (!BIRTHS.includes(verb)) continue;
      const inThisBirth = new Set<number>();
      for (const { alias, name } of payload?.metrics ?? []) {
        if (alias === undefined) continue;
        subjectCount += 1;
        const meaning = `${deviceId}/${name}`;
        const known = meanings.get(alias) ?? meaning;
        if (known !== meaning || inThisBirth.has(alias)) findings.push(`${packet.topic}: alias ${alias} stands twice`);
        meanings.set(alias, meaning);
        inThisBirth.add(alias);
      }
    }
  }
  return { subjectCount, findings };
});

export const dataRules: readonly Rule[] = [
  {
    ids: ['tck-id-topics-ndata-payload'],
    says: 'every change of a metric of the node comes in NDATA or in a birth',
    check: bringsChanges('NDATA'),
    mutants: [swallowed('NDATA')],
  },
  {
    ids: ['tck-id-topics-ddata-payload'],
    says: 'every change of a metric of a device comes in DDATA or in a birth, also what changed during an outage',
    check: bringsChanges('DDATA'),
    mutants: [swallowed('DDATA')],
  },
  {
    ids: ['tck-id-principles-rbe-recommended'],
    says: 'no live data repeats what was told of its metric before',
    check: onlyChanges(...DATA),
    mutants: DATA.map(twice),
  },
  {
    ids: ['tck-id-operational-behavior-data-publish-nbirth-change'],
    says: 'NDATA holds changes only',
    check: onlyChanges('NDATA'),
    mutants: [twice('NDATA')],
  },
  {
    ids: ['tck-id-operational-behavior-data-publish-dbirth-change'],
    says: 'DDATA holds changes only',
    check: onlyChanges('DDATA'),
    mutants: [twice('DDATA')],
  },
  {
    ids: ['tck-id-operational-behavior-data-publish-nbirth-order'],
    says: 'the live metrics of each NBIRTH and NDATA stand in the order of their time',
    check: inOrder('NBIRTH', 'NDATA'),
    mutants: ['NBIRTH', 'NDATA'].map(turned),
  },
  {
    ids: ['tck-id-operational-behavior-data-publish-dbirth-order'],
    says: 'the live metrics of each DBIRTH and DDATA stand in the order of their time',
    check: inOrder('DBIRTH', 'DDATA'),
    mutants: ['DBIRTH', 'DDATA'].map(turned),
  },
  {
    ids: ['tck-id-payloads-name-requirement'],
    says: 'each metric has a name, or the alias of a birth of its session',
    check: whole((recording) => {
      const born = edgeConnections(recording).map(
        ({ messages }) =>
          [
            messages,
            new Set(
              messages.flatMap(({ verb, payload }) =>
                BIRTHS.includes(verb) ? (payload?.metrics ?? []).map(({ alias }) => alias) : [],
              ),
            ),
          ] as const,
      );
      const all = born.flatMap(([messages, aliases]) =>
        messages.flatMap((message) => (message.payload?.metrics ?? []).map((metric) => ({ message, metric, aliases }))),
      );
      const nameless = all.filter(
        ({ metric: { name, alias }, aliases }) => (name ?? '') === '' && (alias === undefined || !aliases.has(alias)),
      );
      return { subjectCount: all.length, findings: nameless.map(({ message }) => nameMessage(message)) };
    }),
    mutants: [
      inMetric('DDATA', 'a metric without name and alias', isAny, () => ({ alias: undefined })),
      inMetric('DDATA', 'an alias that no birth has', isAny, () => ({ alias: 123_456 })),
    ],
  },
  {
    ids: ['tck-id-payloads-alias-uniqueness'],
    says: 'an alias stands for one metric of the node or of one of its devices',
    check: uniqueAliases,
    mutants: [
      inPayload('DBIRTH', 'gives two metrics one alias', ({ metrics: [first, second, ...rest] }) =>
        first?.alias !== undefined && second !== undefined
          ? { metrics: [first, { ...second, alias: first.alias }, ...rest] }
          : undefined,
      ),
      mutant('DBIRTH: a device counts its aliases by itself', (recording) => {
        const [first] = published('NBIRTH')(recording)
          .flatMap(({ payload }) => payload?.metrics.map(({ alias }) => alias) ?? [])
          .filter((alias) => alias !== undefined);
        if (first === undefined) return undefined;
        return inMetric('DBIRTH', 'has an alias of the node', isAny, () => ({ alias: first })).apply([recording])[0];
      }),
    ],
  },
  {
    ids: ['tck-id-payloads-alias-birth-requirement'],
    says: 'each metric of a birth has name and alias, but for bdSeq and Node Control/Rebirth',
    check: everyMetric(metrics(...BIRTHS), ({ metric }) =>
      unless(metric.name !== undefined && (isOfProtocol(metric) || metric.alias !== undefined), 'lacks name or alias'),
    ),
    mutants: [
      inMetric('DBIRTH', 'a metric without alias', isAny, () => ({ alias: undefined })),
      inMetric('DBIRTH', 'a metric without name', isAny, () => ({ name: undefined })),
    ],
  },
  {
    ids: ['tck-id-payloads-alias-data-cmd-requirement'],
    says: 'each metric of data has its alias and no name',
    check: everyMetric(metrics(...DATA), ({ metric: { name, alias } }) =>
      unless(name === undefined && alias !== undefined, `has name ${name}, alias ${alias}`),
    ),
    mutants: DATA.map((verb) => inMetric(verb, 'a metric with its name', isAny, () => ({ name: 'speed' }))),
  },
  {
    ids: ['tck-id-payloads-metric-datatype-not-req'],
    says: 'no metric of data repeats its datatype',
    check: everyMetric(metrics(...DATA), ({ metric }) => unless(metric.datatype === undefined, 'has a datatype')),
    mutants: DATA.map((verb) => inMetric(verb, 'a metric with its datatype', isAny, () => ({ datatype: 10 }))),
  },
];
