import type { Attention, ConnectionState, EngineSnapshot } from '../../../shared/domain/engine-snapshot.ts';
import type { ScreenId } from '../../app/screens.ts';
import { countText, DASH, megabyteText, plural } from '../../components/number-text.ts';
import { roughDurationText } from '../../components/time-text.ts';
import { type ConnectionTrouble, toConnectionTrouble } from './connection-trouble.ts';

/** `calm` is grey; `look`: not well, values are kept; `broken`: values are missing or lost. */
type Tone = 'calm' | 'look' | 'broken';

export interface StageView {
  readonly id: Attention['stage'];
  readonly title: string;
  readonly tone: Tone;
  readonly figure: string;
  readonly unit: string;
  /** What the figure stands on, each line one fact. */
  readonly lines: readonly string[];
  /** Only where not well: what, what is safe, what comes next. */
  readonly trouble: {
    readonly text: string;
    readonly safe: string;
    readonly code: string | null;
    readonly open: { readonly screen: ScreenId; readonly label: string } | null;
  } | null;
}

const OPEN_QUEUE = { screen: 'queue', label: 'Open queue' } as const;
const OPEN_TAGS = { screen: 'tags', label: 'Open tags' } as const;

const NO_SERVER_YET = 'name one in the site file under opcuaServers and apply it: the gateway goes on running';

/** The six stages from left to right. Pure; `nowMs` is the engine's clock. */
export function toStageViews(snapshot: EngineSnapshot, nowMs: number): readonly StageView[] {
  return [
    toServers(snapshot, nowMs),
    toMapping(snapshot),
    toBuffer(snapshot),
    toBroker(snapshot, nowMs),
    toIngest(snapshot, nowMs),
    toHistorian(snapshot, nowMs),
  ];
}

type Calm = Omit<StageView, 'tone' | 'trouble'>;

const calm = (view: Calm): StageView => ({ ...view, tone: 'calm', trouble: null });

function troubled(
  view: Calm,
  trouble: ConnectionTrouble,
  tone: Tone,
  safe: string,
  open: NonNullable<StageView['trouble']>['open'],
): StageView {
  const text = [trouble.text, trouble.nextTry].filter((part) => part !== null && part !== '').join(' ');
  return {
    ...view,
    tone,
    figure: trouble.word,
    unit: trouble.elapsed,
    trouble: { text, safe, code: trouble.code, open },
  };
}

/** Starting is not a fault yet: the first attempt and a stage that is not started stay grey. */
function toneOf(state: ConnectionState, whenAway: Tone): Tone {
  if (state.phase === 'stopped' || (state.phase === 'connecting' && state.attempt <= 1)) return 'calm';
  return state.phase === 'recovering' ? 'look' : whenAway;
}

function toServers({ servers }: EngineSnapshot, nowMs: number): StageView {
  const live = servers.filter((server) => server.state.phase === 'connected');
  const sum = (pick: (server: (typeof servers)[number]) => number): number =>
    servers.reduce((total, server) => total + pick(server), 0);
  const overflowCount = sum((server) => server.overflowCount);
  const badCount = sum((server) => server.badCount);
  const oddTimeCount = sum((server) => server.oddTimeCount);
  const gapCount = sum((server) => server.recovery.gapCount);
  const view: Calm = {
    id: 'servers',
    title: 'Servers',
    figure: countText(live.length),
    unit: `of ${countText(servers.length)} live`,
    lines: [
      `${plural(
        sum((server) => server.goodCount),
        'tag',
      )} good`,
      badCount === 0 ? 'none bad' : `${countText(badCount)} bad`,
      ...(overflowCount > 0 ? [`${plural(overflowCount, 'value')} lost in server queues`] : []),
      ...(oddTimeCount > 0 ? [`${plural(oddTimeCount, 'tag')} with an impossible time`] : []),
      ...(gapCount > 0 ? [`${plural(gapCount, 'gap')} in what servers sent`] : []),
    ],
  };
  if (servers.length === 0) return calm({ ...view, figure: 'none', unit: 'yet', lines: [NO_SERVER_YET] });
  const away = servers.find((server) => server.state.phase !== 'connected');
  const trouble = away === undefined ? null : toConnectionTrouble(away.state, nowMs);
  if (away === undefined || trouble === null) return calm(view);
  const named = { ...trouble, text: `${away.serverId}: ${trouble.text}` };
  const tone = toneOf(away.state, 'broken');
  const stage = troubled(view, named, tone, 'Its machines count as unknown.', OPEN_TAGS);
  // With several servers the number of live ones says more than the word of the first that is away.
  return live.length === 0 ? stage : { ...stage, figure: view.figure, unit: view.unit };
}

function toMapping({ mapping, sampling }: EngineSnapshot): StageView {
  const dropped = Object.entries(mapping.dropped).filter(([, count]) => count > 0);
  const droppedCount = dropped.reduce((total, [, count]) => total + count, 0);
  const reasons = dropped
    .sort(([, one], [, other]) => other - one)
    .slice(0, 2)
    .map(([reason, count]) => `${countText(count)} ${reason.replaceAll('-', ' ')}`);
  return calm({
    id: 'mapping',
    title: 'Mapping',
    figure: countText(mapping.metricCount),
    unit: mapping.metricCount === 1 ? 'metric' : 'metrics',
    lines: [
      droppedCount === 0 ? 'nothing held back' : `${countText(droppedCount)} held back: ${reasons.join(', ')}`,
      sampling.phase === 'normal'
        ? 'sampling normal'
        : `sampling slow, ${countText(sampling.slowSamplingIntervalMs)} ms`,
    ],
  });
}

function toBuffer({ buffer, attention }: EngineSnapshot): StageView {
  const covers =
    buffer.coversMs === null ? 'nothing comes in' : `covers ${roughDurationText(buffer.coversMs)} at this rate`;
  const view: Calm = {
    id: 'buffer',
    title: 'Buffer',
    figure: countText(buffer.waitingCount),
    unit: 'waiting',
    lines: [
      `${megabyteText(buffer.byteCount)} of ${megabyteText(buffer.limitBytes)} MB`,
      covers,
      buffer.droppedCount === 0 ? 'nothing lost, ledger empty' : `${countText(buffer.droppedCount)} lost, see ledger`,
    ],
  };
  const loss = attention.find((entry) => entry.stage === 'buffer' && entry.severity === 'broken');
  if (loss === undefined) return calm(view);
  return { ...view, tone: 'broken', trouble: { text: loss.text, safe: '', code: loss.code, open: OPEN_QUEUE } };
}

const SESSION_WORDS = {
  offline: ['offline', 'no session'],
  connecting: ['connecting', ''],
  'waiting-for-host': ['waiting', 'for the host'],
  born: ['online', ''],
} as const;

function toBroker({ broker }: EngineSnapshot, nowMs: number): StageView {
  const [figure, unit] = SESSION_WORDS[broker.session];
  const view: Calm = {
    id: 'broker',
    title: 'Broker',
    figure,
    unit,
    lines: [broker.url.replace('//', '//\u200b'), broker.session === 'born' ? 'session born' : 'session not born'],
  };
  const trouble = toConnectionTrouble(broker.state, nowMs);
  if (trouble !== null) {
    const tone = toneOf(broker.state, 'look');
    return troubled(view, trouble, tone, tone === 'calm' ? '' : 'Values are kept.', OPEN_QUEUE);
  }
  if (broker.session !== 'waiting-for-host') return calm(view);
  const text = 'The primary host is not online.';
  return { ...view, tone: 'look', trouble: { text, safe: 'Values are kept.', code: null, open: OPEN_QUEUE } };
}

/** A stage that another computer runs: known to be there by the STATE of its host only. */
const elsewhere = (id: StageView['id'], title: string, lines: readonly string[]): StageView =>
  calm({ id, title, figure: 'elsewhere', unit: '', lines });

function toIngest({ ingest, isIngestHere }: EngineSnapshot, nowMs: number): StageView {
  if (!isIngestHere) return elsewhere('ingest', 'Ingest', ['the primary host runs on another computer']);
  const onlineCount = ingest.nodes.filter((node) => node.isOnline).length;
  const view: Calm = {
    id: 'ingest',
    title: 'Ingest',
    figure: ingest.isOnline ? 'online' : 'offline',
    unit: '',
    lines: [
      `primary host, ${countText(onlineCount)} of ${plural(ingest.nodes.length, 'node')} born`,
      `${plural(ingest.rebirthRequestCount, 'rebirth')} asked for`,
      ...(ingest.faultCount > 0 ? [`${plural(ingest.faultCount, 'message')} not usable`] : []),
    ],
  };
  const trouble = toConnectionTrouble(ingest.broker, nowMs);
  if (trouble !== null) {
    const tone = toneOf(ingest.broker, 'look');
    return troubled(view, trouble, tone, tone === 'calm' ? '' : 'Edges keep their values.', null);
  }
  if (ingest.isOnline) return calm(view);
  const text = 'Says offline while rows cannot be committed.';
  return { ...view, tone: 'look', trouble: { text, safe: 'Edges keep their values.', code: null, open: null } };
}

function toHistorian({ historian, latency, isIngestHere }: EngineSnapshot, nowMs: number): StageView {
  if (!isIngestHere) return elsewhere('historian', 'Historian', ['this site file names none']);
  const behindMs = latency.toHistorian?.p50Ms ?? null;
  const view: Calm = {
    id: 'historian',
    title: 'Historian',
    figure: behindMs === null ? DASH : (behindMs / 1_000).toFixed(1),
    unit: behindMs === null ? 'no value yet' : 's behind',
    lines: [
      `${plural(historian.insertedCount, 'row')} stored`,
      `${countText(historian.waitingCount)} on the way`,
      ...(historian.rejectedCount > 0 ? [`${plural(historian.rejectedCount, 'row')} refused and kept aside`] : []),
      ...(historian.quarantinedCount > 0
        ? [`${plural(historian.quarantinedCount, 'value')} kept aside: the clock of the machine is wrong`]
        : []),
    ],
  };
  const trouble = toConnectionTrouble(historian.state, nowMs);
  if (trouble === null) return calm(view);
  const tone = toneOf(historian.state, 'look');
  return troubled(view, trouble, tone, tone === 'calm' ? '' : 'Edges keep their values.', OPEN_QUEUE);
}
