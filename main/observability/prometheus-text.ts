import type { ConnectionState, EngineSnapshot, Percentiles } from '../../shared/domain/engine-snapshot.ts';
import { describeFamilies, type MetricFamily, type MetricSample } from './metric-family.ts';

const single = (value: number | null): MetricSample[] => (value === null ? [] : [{ value }]);

const gauge = (name: string, help: string, samples: readonly MetricSample[]): MetricFamily => ({
  name: `lineside_${name}`,
  type: 'gauge',
  help,
  samples,
});
const counter = (name: string, help: string, samples: readonly MetricSample[]): MetricFamily => ({
  name: `lineside_${name}_total`,
  type: 'counter',
  help,
  samples,
});

const isConnected = (state: ConnectionState): number => (state.phase === 'connected' ? 1 : 0);

function ofGateway({ site, isDemo, takenAtMs, attention }: EngineSnapshot): MetricFamily[] {
  const { enterprise, area } = site;
  const count = (severity: 'look' | 'broken'): MetricSample => ({
    labels: { severity },
    value: attention.filter((entry) => entry.severity === severity).length,
  });
  return [
    gauge('info', 'Which gateway this is; always 1.', [
      { labels: { enterprise, area, demo: String(isDemo) }, value: 1 },
    ]),
    gauge('snapshot_timestamp_seconds', 'When these numbers were taken.', single(takenAtMs / 1_000)),
    gauge('attention', 'Things that need attention, as `lineside status` lists them.', [
      count('look'),
      count('broken'),
    ]),
  ];
}

function ofServers({ servers, mapping }: EngineSnapshot): MetricFamily[] {
  const each = (value: (server: (typeof servers)[number]) => number): MetricSample[] =>
    servers.map((server) => ({ labels: { server: server.serverId }, value: value(server) }));
  return [
    gauge(
      'server_connected',
      '1 while the OPC UA server gives values.',
      each(({ state }) => isConnected(state)),
    ),
    gauge(
      'server_tags',
      'Configured tags.',
      each(({ tagCount }) => tagCount),
    ),
    gauge(
      'server_good_tags',
      'Tags whose last value is good.',
      each(({ goodCount }) => goodCount),
    ),
    gauge(
      'server_bad_tags',
      'Tags whose last value is bad, or that the server refuses.',
      each(({ badCount }) => badCount),
    ),
    gauge(
      'server_changes_per_second',
      'Changes taken, mean of 10 s.',
      each(({ changesPerS }) => changesPerS),
    ),
    counter(
      'server_queue_overflows',
      'Values lost in queues of the server, since the gateway started.',
      each(({ overflowCount }) => overflowCount),
    ),
    gauge('mapping_metrics', 'Sparkplug metrics made of tags.', single(mapping.metricCount)),
    counter(
      'mapping_held_back_samples',
      'Samples not passed on, by reason, since the gateway started.',
      Object.entries(mapping.dropped).map(([reason, value]) => ({ labels: { reason }, value })),
    ),
  ];
}

function ofSampling({ sampling }: EngineSnapshot): MetricFamily[] {
  const { total } = sampling;
  return [
    gauge('sampling_slow', '1 while backpressure slows the sampling.', single(sampling.phase === 'slow' ? 1 : 0)),
    gauge('sampling_tags', 'Tags by how backpressure treats them now.', [
      { labels: { treatment: 'slowed' }, value: sampling.slowedTagCount },
      { labels: { treatment: 'exempt' }, value: sampling.exemptTagCount },
    ]),
    gauge(
      'sampling_refused_tags',
      'Tags for which the server did not take the sampling interval.',
      sampling.servers.map(({ serverId, refusedCount }) => ({ labels: { server: serverId }, value: refusedCount })),
    ),
    counter('sampling_changes', 'Times the sampling was slowed or restored.', single(total.changeCount)),
    counter('sampling_slow_seconds', 'Time under slow sampling.', single(total.slowMs / 1_000)),
    counter(
      'sampling_samples_not_taken_at_most',
      'Upper bound of the samples that slow sampling did not take.',
      single(total.samplesNotTakenAtMost),
    ),
  ];
}

function ofBuffer({ buffer, takenAtMs }: EngineSnapshot): MetricFamily[] {
  const { oldestTimestampMs, coversMs } = buffer;
  const oldestAgeS = oldestTimestampMs === null ? null : Math.max(0, takenAtMs - oldestTimestampMs) / 1_000;
  return [
    gauge('buffer_rows', 'Rows on disk, whether sent or not.', single(buffer.rowCount)),
    gauge('buffer_waiting_rows', 'Rows not yet sent in this session.', single(buffer.waitingCount)),
    gauge('buffer_sent_rows', 'Rows sent and not yet confirmed.', single(buffer.sentCount)),
    gauge('buffer_bytes', 'Bytes in use.', single(buffer.byteCount)),
    gauge('buffer_limit_bytes', 'Bytes the buffer may use.', single(buffer.limitBytes)),
    gauge('buffer_oldest_row_age_seconds', 'Age of the oldest row; absent when there is none.', single(oldestAgeS)),
    gauge(
      'buffer_covers_seconds',
      'Time the free space lasts at the present rate; absent while nothing comes in.',
      single(coversMs === null ? null : coversMs / 1_000),
    ),
    gauge('buffer_appended_rows_per_second', 'Rows stored, mean of 10 s.', single(buffer.appendedPerS)),
    counter('buffer_queued_rows', 'Rows stored while there was no session.', single(buffer.messagesQueued)),
    counter('buffer_replayed_rows', 'Rows sent as historical.', single(buffer.messagesReplayed)),
    counter('buffer_dropped_rows', 'Rows dropped because the buffer was full.', single(buffer.droppedCount)),
    counter('buffer_damaged_rows', 'Rows found damaged and set aside.', single(buffer.damagedCount)),
  ];
}

function ofBroker({ broker }: EngineSnapshot): MetricFamily[] {
  return [
    gauge('broker_connected', '1 while the edge node is connected to its broker.', single(isConnected(broker.state))),
    gauge('session_born', '1 while the Sparkplug session is born.', single(broker.session === 'born' ? 1 : 0)),
    gauge('broker_sent_rows_per_second', 'Rows sent, mean of 10 s.', single(broker.sentPerS)),
  ];
}

function ofCommands({ commands }: EngineSnapshot): MetricFamily[] {
  return [
    counter('commands_received', 'NCMD and DCMD messages.', single(commands.receivedCount)),
    counter('commands_rebirth_requests', 'Commands that asked for a birth.', single(commands.rebirthCount)),
    counter('commands_written_values', 'Commanded values that the server has taken.', single(commands.writtenCount)),
    counter(
      'commands_failed_values',
      'Commanded values that the server refused or did not answer to.',
      single(commands.failedCount),
    ),
    counter(
      'commands_refused_values',
      'Commanded values that were never sent to a server, by reason.',
      Object.entries(commands.refused).map(([reason, value]) => ({ labels: { reason }, value })),
    ),
  ];
}

function ofHost({ ingest, historian, isIngestHere }: EngineSnapshot): MetricFamily[] {
  if (!isIngestHere) return [];
  const onlineCount = ingest.nodes.filter((node) => node.isOnline).length;
  return [
    gauge('ingest_connected', '1 while ingest is connected to its broker.', single(isConnected(ingest.broker))),
    gauge('ingest_online', '1 while the host says that rows can be committed.', single(ingest.isOnline ? 1 : 0)),
    gauge('ingest_online_nodes', 'Edge nodes that are born.', single(onlineCount)),
    gauge('ingest_received_rows_per_second', 'Rows received, mean of 10 s.', single(ingest.receivedPerS)),
    counter('ingest_rebirth_requests', 'Rebirths asked for.', single(ingest.rebirthRequestCount)),
    counter('ingest_unusable_messages', 'Messages that could not be used.', single(ingest.faultCount)),
    gauge('historian_connected', '1 while the database answers.', single(isConnected(historian.state))),
    gauge('historian_waiting_rows', 'Rows received and not yet committed.', single(historian.waitingCount)),
    gauge('historian_waiting_bytes', 'What they take in memory, about.', single(historian.waitingBytes)),
    gauge(
      'historian_oldest_wait_seconds',
      'How long the first row that is not committed waits.',
      single((historian.oldestWaitMs ?? 0) / 1_000),
    ),
    gauge('historian_stored_rows_per_second', 'Rows stored, mean of 10 s.', single(historian.rowsPerS)),
    counter('historian_inserted_rows', 'Rows stored.', single(historian.insertedCount)),
    counter('historian_duplicate_rows', 'Rows that were there already.', single(historian.duplicateCount)),
    counter('historian_rejected_rows', 'Rows the database refused.', single(historian.rejectedCount)),
    counter('historian_quarantined_values', 'Values whose time cannot be right.', single(historian.quarantinedCount)),
  ];
}

function ofCertificates({ certificates }: EngineSnapshot): MetricFamily[] {
  return [
    gauge(
      'certificate_end_timestamp_seconds',
      'When a certificate in use ends.',
      certificates.map(({ subject, file, validToMs }) => ({ labels: { subject, file }, value: validToMs / 1_000 })),
    ),
  ];
}

function ofLatency({ latency }: EngineSnapshot): MetricFamily[] {
  // Not named `quantile`: that label belongs to summaries, which these windows of 15 minutes are not.
  const percentiles = (found: Percentiles | null): MetricSample[] =>
    found === null
      ? []
      : [
          { labels: { percentile: '50' }, value: found.p50Ms / 1_000 },
          { labels: { percentile: '95' }, value: found.p95Ms / 1_000 },
          { labels: { percentile: '99' }, value: found.p99Ms / 1_000 },
        ];
  return [
    gauge('latency_to_broker_seconds', 'Source to broker, last 15 min.', percentiles(latency.toBroker)),
    gauge('latency_to_historian_seconds', 'Source to historian, last 15 min.', percentiles(latency.toHistorian)),
  ];
}

/**
 * The snapshot for a Prometheus node exporter's textfile collector: the gateway opens no port. Every series carries
 * `site` and `line`, so that two gateways on one computer do not collide. Counters of the buffer and of the sampling
 * run since the buffer file was made, the others since the gateway started.
 */
export function toPrometheusText(snapshot: EngineSnapshot): string {
  const { site, line } = snapshot.site;
  const stages = [ofGateway, ofServers, ofSampling, ofBuffer, ofBroker, ofCommands, ofHost, ofLatency, ofCertificates];
  return describeFamilies(
    stages.flatMap((toFamilies) => toFamilies(snapshot)),
    { site, line },
  );
}
