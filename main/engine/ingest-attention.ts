import type { Attention, EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';

const DUPLICATE_NODES_NAMED = 3;

/** What is not well between the brokers and ingest. */
export function toIngestAttention(broker: EngineSnapshot['broker'], ingest: EngineSnapshot['ingest']): Attention[] {
  return [...ofBrokers(broker, ingest), ...ofState(ingest), ...ofNodes(ingest)];
}

/** One cause, one sentence: a broker that is away for the edge node is away for ingest too. */
function ofBrokers(broker: EngineSnapshot['broker'], { broker: all, brokers }: EngineSnapshot['ingest']): Attention[] {
  return brokers.flatMap(({ url, state }): Attention[] => {
    if (state.phase !== 'away' || (broker.url === url && broker.state.phase === 'away')) return [];
    return [
      {
        code: state.code,
        severity: all.phase === 'connected' ? 'look' : 'broken',
        stage: 'ingest',
        text: `Ingest cannot hear the broker ${url}: ${state.text}`,
        nextStep: 'It is tried again by itself; edges keep their values meanwhile or go to another broker.',
        sinceMs: state.sinceMs,
      },
    ];
  });
}

function ofState({ brokers }: EngineSnapshot['ingest']): Attention[] {
  return brokers.flatMap(({ url, alarm }): Attention[] =>
    alarm === null
      ? []
      : [
          {
            code: alarm.code,
            severity: 'look',
            stage: 'ingest',
            text: `${alarm.text} (broker ${url}).`,
            nextStep:
              'Give each host an id of its own (sparkplug.primaryHostId) and let only the host write its STATE topic; this host answers with a later time by itself.',
            sinceMs: alarm.sinceMs,
          },
        ],
  );
}

function ofNodes({ nodes }: EngineSnapshot['ingest']): Attention[] {
  const ids = nodes.filter(({ alarm }) => alarm === 'duplicate-node').map(({ id }) => id);
  if (ids.length === 0) return [];
  const more = ids.length > DUPLICATE_NODES_NAMED ? ` and ${ids.length - DUPLICATE_NODES_NAMED} more` : '';
  return [
    {
      code: 'sparkplug/duplicate-node',
      severity: 'broken',
      stage: 'ingest',
      text: `Two programs speak as one edge node: ${ids.slice(0, DUPLICATE_NODES_NAMED).join(', ')}${more}; no births are asked for until it ends.`,
      nextStep: 'Stop one of them or give it another edge node id; values cannot be told apart until then.',
      sinceMs: 0,
    },
  ];
}
