import type { CommandRecord } from '../../shared/domain/command-snapshot.ts';
import type { Attention, ConnectionState, EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { GatewayStatus } from './judge-status.ts';
import { printable } from './printable.ts';

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const perS = (value: number): string => `${value < 10 ? value.toFixed(1) : count(value)}/s`;
const seconds = (ms: number): string => `${count(Math.max(0, ms) / 1_000)} s`;
const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

type Stage = Attention['stage'];

/** A status for a person at a terminal: each stage with its state and numbers, then what needs attention and what to do. */
export function describeStatus(status: GatewayStatus, nowMs: number): string {
  switch (status.phase) {
    case 'absent':
      return 'NOT RUNNING: no gateway has run with this data folder, or it has not told its state yet.';
    case 'unreadable':
      return `UNKNOWN: the status cannot be read (${status.reason}). Next: is it of another version of Lineside?`;
    case 'stopped':
      return `NOT RUNNING: the gateway was stopped ${agoText(status.record.writtenAtMs, nowMs)}.`;
    case 'gone':
      return [
        `NOT RUNNING: process ${status.record.processId} is gone without having been stopped; its last word is of`,
        `${agoText(status.record.writtenAtMs, nowMs)}. Next: look at the end of its log, and start it again; what it`,
        'accepted is on disk.',
      ].join(' ');
    case 'stale':
      return [
        `DOES NOT ANSWER: process ${status.record.processId} is there, but its status is ${seconds(status.ageMs)} old. Next:`,
        'look at its log; it hangs, the disk of the data folder is full, or the process id belongs to another program.',
        `\n\n${describeSnapshot(status.record.snapshot)}`,
      ].join(' ');
    case 'running': {
      const { record, ageMs } = status;
      return `running, process ${record.processId}, status ${seconds(ageMs)} old\n\n${describeSnapshot(record.snapshot)}`;
    }
  }
}

const agoText = (atMs: number, nowMs: number): string => `${isoTime(atMs)} (${seconds(nowMs - atMs)} ago)`;

const isoTime = (atMs: number): string => new Date(atMs).toISOString();

function describeSnapshot(snapshot: EngineSnapshot): string {
  const { site, attention } = snapshot;
  const stages: readonly (readonly [Stage, string, string])[] = [
    ['servers', 'servers', toServers(snapshot)],
    ['mapping', 'mapping', toMapping(snapshot)],
    ['mapping', 'sampling', toSampling(snapshot)],
    ['buffer', 'buffer', toBuffer(snapshot)],
    ['broker', 'broker', toBroker(snapshot)],
    ['broker', 'commands', toCommands(snapshot)],
    ['ingest', 'ingest', snapshot.isIngestHere ? toIngest(snapshot) : 'on another computer'],
    ['historian', 'historian', snapshot.isIngestHere ? toHistorian(snapshot) : 'on another computer'],
  ];
  return [
    `${[site.enterprise, site.site, site.area, site.line].join(' / ')}${snapshot.isDemo ? ', demo' : ''}`,
    ...stages.map(([stage, name, text]) => `  ${name.padEnd(10)} ${toWord(name, stage, snapshot).padEnd(7)} ${text}`),
    '',
    ...(attention.length === 0 ? ['nothing needs attention'] : attention.flatMap(describeAttention)),
  ].join('\n');
}

/** Sampling has no stage of its own: it is the buffer's remedy; neither have commands. */
function toWord(name: string, stage: Stage, { attention, sampling }: EngineSnapshot): string {
  if (name === 'sampling') return sampling.phase === 'slow' ? 'LOOK' : 'ok';
  // Whoever commands is told by the device; a command that was refused is no fault of the gateway.
  if (name === 'commands') return 'ok';
  const found = attention.filter((entry) => entry.stage === stage);
  if (found.some((entry) => entry.severity === 'broken')) return 'BROKEN';
  return found.length > 0 ? 'LOOK' : 'ok';
}

function describeAttention({ severity, text, nextStep, code, sinceMs }: Attention): string[] {
  const since = sinceMs > 0 ? ` Since ${isoTime(sinceMs)}.` : '';
  return [`${severity === 'broken' ? 'BROKEN' : 'LOOK'}  ${text} (${code})${since}`, `        next: ${nextStep}`];
}

function toState(state: ConnectionState): string {
  switch (state.phase) {
    case 'connected':
      return `connected since ${isoTime(state.sinceMs)}`;
    case 'connecting':
      return `connecting, attempt ${state.attempt}`;
    case 'away':
    case 'stale':
      return `${state.phase} since ${isoTime(state.sinceMs)}`;
    case 'recovering':
      return `recovering (${state.stage}) since ${isoTime(state.sinceMs)}`;
    case 'stopped':
      return 'not started';
  }
}

function toServers({ servers }: EngineSnapshot): string {
  return servers
    .map(
      (server) =>
        `${server.serverId} ${toState(server.state)}, ${count(server.goodCount)} of ${count(server.tagCount)} tags good, ` +
        `${count(server.badCount)} bad, ${perS(server.changesPerS)}, ${count(server.overflowCount)} lost in its queues`,
    )
    .join(`\n${' '.repeat(21)}`);
}

function toMapping({ mapping }: EngineSnapshot): string {
  const heldBack = Object.entries(mapping.dropped).map(([reason, value]) => `${count(value)} ${reason}`);
  return `${count(mapping.metricCount)} metrics, ${heldBack.length === 0 ? 'nothing held back' : `held back: ${heldBack.join(', ')}`}`;
}

function toSampling({ sampling }: EngineSnapshot): string {
  const { total } = sampling;
  const now =
    sampling.phase === 'slow'
      ? `slow (${count(sampling.slowSamplingIntervalMs)} ms) since ${isoTime(sampling.sinceMs)} for ` +
        `${count(sampling.slowedTagCount)} of ${count(sampling.tagCount)} tags`
      : 'normal';
  return `${now}; in all ${count(total.changeCount)} changes, ${seconds(total.slowMs)} slow, at most ${count(total.samplesNotTakenAtMost)} samples not taken`;
}

function toBuffer({ buffer }: EngineSnapshot): string {
  const oldest = buffer.oldestTimestampMs === null ? '' : `, the oldest of ${isoTime(buffer.oldestTimestampMs)}`;
  return (
    `${count(buffer.waitingCount)} rows wait, ${count(buffer.sentCount)} on the way${oldest}; ` +
    `${megabytes(buffer.byteCount)} of ${megabytes(buffer.limitBytes)} MB; ` +
    `${count(buffer.droppedCount)} dropped, ${count(buffer.damagedCount)} damaged`
  );
}

const toBroker = ({ broker }: EngineSnapshot): string =>
  `${broker.url} ${toState(broker.state)}, session ${broker.session}, ${perS(broker.sentPerS)}`;

const SHOWN_COMMANDS = 5;

function toCommands({ commands }: EngineSnapshot): string {
  const { receivedCount, rebirthCount, writtenCount, failedCount, underWayCount, refused, last } = commands;
  if (receivedCount === 0) return 'none received';
  const reasons = Object.entries(refused).map(([reason, value]) => `${count(value)} ${reason}`);
  const underWay = underWayCount === 0 ? '' : `, ${count(underWayCount)} under way`;
  return [
    `${count(receivedCount)} received, ${count(rebirthCount)} asked for births; values: ${count(writtenCount)} written, ` +
      `${count(failedCount)} failed at the server, ${reasons.length === 0 ? '0 refused' : `refused: ${reasons.join(', ')}`}${underWay}`,
    ...last.slice(0, SHOWN_COMMANDS).map(toCommandLine),
  ].join(`\n${' '.repeat(21)}`);
}

function toCommandLine({ atMs, topic, metric, value, phase, detail }: CommandRecord): string {
  const what = metric === null ? '' : ` ${metric}${value === null ? '' : ` = ${value}`}`;
  return printable(`${isoTime(atMs)} ${topic}${what}: ${phase === 'rebirth' ? detail : `${phase}, ${detail}`}`);
}

function toIngest({ ingest }: EngineSnapshot): string {
  const onlineCount = ingest.nodes.filter((node) => node.isOnline).length;
  return (
    `${toState(ingest.broker)}, host ${ingest.isOnline ? 'online' : 'offline'}, ${onlineCount} of ${ingest.nodes.length} nodes born, ` +
    `${perS(ingest.receivedPerS)}, ${count(ingest.rebirthRequestCount)} rebirths asked for, ${count(ingest.faultCount)} unusable`
  );
}

function toHistorian({ historian, latency }: EngineSnapshot): string {
  const behind = latency.toHistorian === null ? '' : `, p95 ${count(latency.toHistorian.p95Ms)} ms from source to row`;
  const { waitingCount, waitingBytes, oldestWaitMs } = historian;
  const wait =
    oldestWaitMs === null
      ? ''
      : ` (${(waitingBytes / 1_000_000).toFixed(1)} MB, the first for ${(oldestWaitMs / 1_000).toFixed(1)} s)`;
  return (
    `${toState(historian.state)}, ${count(historian.insertedCount)} rows stored, ${perS(historian.rowsPerS)}, ` +
    `${count(waitingCount)} on the way${wait}, ${count(historian.rejectedCount)} refused, ` +
    `${count(historian.quarantinedCount)} set aside for their time${behind}`
  );
}
