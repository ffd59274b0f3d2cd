import type { Attention, EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { toCertificateAttention } from './certificate-attention.ts';
import { toIngestAttention } from './ingest-attention.ts';
import type { StoreAlarms, WriterState } from './ports.ts';

type Facts = Omit<EngineSnapshot, 'attention'>;

/** The reason as it ends a sentence of ours. */
const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const KEPT = 'Values are kept in the buffer.';

function ofServers(facts: Facts): Attention[] {
  return facts.servers.flatMap((server): Attention[] => {
    const found: Attention[] = [];
    const { state } = server;
    if (state.phase === 'away' || state.phase === 'stale') {
      found.push({
        code: state.code,
        severity: 'broken',
        stage: 'servers',
        text: `Server ${server.serverId} (${server.endpointUrl}) gives no values: ${state.text}`,
        nextStep: 'Its machines count as unknown until it answers; it is tried again by itself.',
        sinceMs: state.sinceMs,
      });
    }
    if (state.phase === 'recovering') {
      found.push({
        code: state.code,
        severity: 'look',
        stage: 'servers',
        text: `Server ${server.serverId} (${server.endpointUrl}) is led back: ${state.text}`,
        nextStep: 'Nothing: what its queues kept comes by itself.',
        sinceMs: state.sinceMs,
      });
    }
    if (server.badCount > 0) {
      const named = server.badTags.slice(0, 3).map((tag) => `${tag.tagId} (${tag.reason})`);
      found.push({
        code: 'opcua/bad-tags',
        severity: 'look',
        stage: 'servers',
        text: `${server.badCount} of ${server.tagCount} tags of ${server.serverId} are bad: ${named.join(', ')}`,
        nextStep: 'Check the node ids with `lineside check` and the sensors at the machine.',
        sinceMs: 0,
      });
    }
    return found;
  });
}

function ofSampling({ sampling }: Facts): Attention[] {
  return sampling.servers
    .filter((server) => server.phase === 'refused')
    .map((server) => ({
      code: 'backpressure/interval-refused',
      severity: 'look',
      stage: 'servers',
      text: `Server ${server.serverId} does not take the ${sampling.phase} sampling interval${
        server.refusedCount > 0 ? ` for ${server.refusedCount} tags` : ''
      }: ${asSentence(server.reason ?? 'no reason given')}`,
      nextStep:
        sampling.phase === 'slow'
          ? 'Its tags stay at their normal rate and the buffer fills faster; it is asked again every 30 s.'
          : 'Its tags stay slow and values between are missing; it is asked again every 30 s and at its next connect.',
      sinceMs: 0,
    }));
}

function ofBroker({ broker, buffer }: Facts): Attention[] {
  if (broker.state.phase === 'away' || broker.state.phase === 'stale') {
    return [
      {
        code: broker.state.code,
        severity: 'broken',
        stage: 'broker',
        text: `Broker ${broker.url} is away: ${asSentence(broker.state.text)} ${KEPT}`,
        nextStep: `${buffer.waitingCount} rows wait and will be sent when it is back; it is tried again by itself.`,
        sinceMs: broker.state.sinceMs,
      },
    ];
  }
  if (broker.session === 'waiting-for-host' && broker.state.phase === 'connected') {
    return [
      {
        code: 'sparkplug/host-offline',
        severity: 'look',
        stage: 'broker',
        text: `The broker is there, but the primary host is not online. ${KEPT}`,
        nextStep: 'See Ingest and Historian: the host goes online when rows can be committed.',
        sinceMs: broker.state.sinceMs,
      },
    ];
  }
  return [];
}

const HISTORIAN_STEPS: Readonly<Record<string, string>> = {
  'historian/disk-full': 'Free space on the disk of the database, or enlarge it; everything kept is stored then.',
  'historian/read-only': 'Name the primary server in historian.url, or end its read-only mode.',
  'historian/too-slow': 'Look at the load of the database and at who locks its tables (pg_stat_activity).',
  'historian/write-refused':
    'Check that the schema is up to date (`lineside historian status`) and what the user may do.',
  'historian/login-refused': 'Check the user in historian.url, the password file, and pg_hba.conf of the server.',
  'historian/no-database': 'Create the database, or correct its name in historian.url.',
  'historian/too-many-connections': 'Raise max_connections of the server, or end programs that hold connections.',
  'historian/tls': 'Check historian.tls.ca, the host name in the server’s certificate, and that the server has TLS on.',
};

function ofHistorian({ historian }: Facts): Attention[] {
  const found: Attention[] = [];
  if (historian.state.phase === 'away' || historian.state.phase === 'stale') {
    found.push({
      code: historian.state.code,
      severity: 'broken',
      stage: 'historian',
      text: `The historian cannot store rows: ${asSentence(historian.state.text)} ${KEPT}`,
      nextStep: HISTORIAN_STEPS[historian.state.code] ?? 'Start or reach the database; everything kept is stored then.',
      sinceMs: historian.state.sinceMs,
    });
  }
  if (historian.rejectedCount > 0) {
    found.push({
      code: 'historian/rows-rejected',
      severity: 'look',
      stage: 'historian',
      text: `${historian.rejectedCount} rows were refused and are kept in telemetry_rejected with the reason.`,
      nextStep: 'Read the reason in that table; a device clock far in the future is the usual one.',
      sinceMs: 0,
    });
  }
  return found;
}

/** What the store and its writer raise as an alarm. */
export function toStoreAttention(
  { quarantine, rescue, diskFullSinceMs }: StoreAlarms,
  writer: WriterState,
): Attention[] {
  const found: Attention[] = [];
  if (quarantine !== null) {
    found.push({
      code: 'store-and-forward/file-quarantined',
      severity: 'broken',
      stage: 'buffer',
      text: `The buffer file was damaged (${quarantine.reason}); it was moved aside whole and a new one was started.`,
      nextStep: `The old file lies in ${quarantine.folder}; keep it until its rows are looked through. Nothing removes it by itself: quarantine holds ${Math.ceil(quarantine.byteCount / 1_000_000)} MB of this disk.`,
      sinceMs: quarantine.atMs,
    });
  }
  if (rescue !== null) {
    const what = rescue.missing === 'database' ? 'The buffer file' : 'The log of the buffer file';
    found.push({
      code: 'store-and-forward/file-carried-over',
      severity: 'look',
      stage: 'buffer',
      text: `${what} was deleted or replaced while the gateway ran; all ${rescue.rowCount} rows were carried over, none is lost.`,
      nextStep: 'Find out who changes files in the data folder: a clean-up job or a virus scanner are the usual ones.',
      sinceMs: rescue.atMs,
    });
  }
  if (diskFullSinceMs !== null) {
    found.push({
      code: 'store-and-forward/disk-full',
      severity: 'broken',
      stage: 'buffer',
      text: 'The disk of the data folder is full: the oldest rows are dropped to make room, each named in the ledger.',
      nextStep: 'Make room on that disk.',
      sinceMs: diskFullSinceMs,
    });
  }
  if (writer.phase === 'failing') {
    found.push({
      code: writer.code,
      severity: 'broken',
      stage: 'buffer',
      text: `The buffer file takes no changes: ${writer.text}. They are held in memory for a short while only.`,
      nextStep: 'Make room on the disk of the data folder or restore access to it.',
      sinceMs: writer.sinceMs,
    });
  }
  return found;
}

function ofBuffer({ buffer, sampling }: Facts): Attention[] {
  const found: Attention[] = [];
  const overflowCount = buffer.droppedCount - buffer.purgedCount;
  if (overflowCount > 0) {
    found.push({
      code: 'store-and-forward/rows-dropped',
      severity: 'broken',
      stage: 'buffer',
      text: `${overflowCount} rows were dropped because the buffer was full or could not be written.`,
      nextStep: 'The loss ledger on the Queue screen names tags and times; raise maxMegabytes or restore the road.',
      sinceMs: 0,
    });
  }
  if (buffer.deadLetterCount > 0) {
    found.push({
      code: 'store-and-forward/dead-letters',
      severity: 'look',
      stage: 'buffer',
      text: `${buffer.deadLetterCount} rows cannot be sent and were set aside, so that all others go on.`,
      nextStep:
        '`lineside queue deadletters` names tag and reason. Put the tag right, or tell sparkplug.maxPacketBytes what the broker takes; `lineside queue retry` sends them again.',
      sinceMs: 0,
    });
  }
  if (sampling.phase === 'slow') {
    found.push({
      code: 'backpressure/slow-sampling',
      severity: 'look',
      stage: 'buffer',
      text:
        `Sampling is slowed to ${sampling.slowSamplingIntervalMs} ms because more than ${sampling.activateAtRows} rows wait: ` +
        `${sampling.slowedTagCount} of ${sampling.tagCount} tags are sampled less often.`,
      nextStep: `It returns to normal by itself below ${sampling.deactivateAtRows}; exempt tags are not slowed.`,
      sinceMs: sampling.sinceMs,
    });
  }
  return found;
}

/** What a site file says that was applied while the gateway ran, and only a restart brings about. */
export function toRestartAttention(fields: readonly string[]): Attention[] {
  if (fields.length === 0) return [];
  const named = fields.slice(0, 5).join(', ');
  return [
    {
      code: 'config/restart-needed',
      severity: 'look',
      stage: 'mapping',
      text: `The site file says what does not run yet: ${named}${fields.length > 5 ? ` and ${fields.length - 5} more` : ''}.`,
      nextStep: 'Start the gateway anew when it suits, or put the file right and apply it again.',
      sinceMs: 0,
    },
  ];
}

/** What is not well, in the order of the pipeline, each a sentence with a next step. `sinceMs` 0 = not known here. */
export function toAttention(facts: Facts, writer: WriterState, alarms: StoreAlarms): Attention[] {
  return [
    ...ofServers(facts),
    ...ofSampling(facts),
    ...toStoreAttention(alarms, writer),
    ...ofBuffer(facts),
    ...ofBroker(facts),
    ...ofHistorian(facts),
    ...toIngestAttention(facts.broker, facts.ingest),
    ...toCertificateAttention(facts.certificates, facts.takenAtMs),
  ];
}
