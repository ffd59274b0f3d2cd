import type { EngineSnapshot } from '../../../shared/domain/engine-snapshot.ts';
import type { LossEntry, QueueRow } from '../../../shared/domain/listings.ts';
import type { Quality } from '../../../shared/domain/quality.ts';
import { countText, DASH, megabyteText, plural } from '../../components/number-text.ts';
import type { StatView } from '../../components/stat-strip.tsx';
import { ageText, durationText, roughDurationText, timestampText } from '../../components/time-text.ts';

/** Share of the limit from which the buffer is marked: the next outage may not fit. */
const NEARLY_FULL_RATIO = 0.8;

export function toQueueStats({ buffer }: EngineSnapshot, nowMs: number): readonly StatView[] {
  const usedRatio = buffer.limitBytes > 0 ? buffer.byteCount / buffer.limitBytes : 0;
  const hasOldest = buffer.oldestTimestampMs !== null;
  return [
    {
      title: 'Waiting',
      figure: countText(buffer.waitingCount),
      unit: buffer.waitingCount === 1 ? 'row' : 'rows',
      basis: `${countText(buffer.appendedPerS)}/s come in`,
      tone: 'calm',
      testId: 'buffer-waiting',
    },
    {
      title: 'Sent, not confirmed',
      figure: countText(buffer.sentCount),
      unit: buffer.sentCount === 1 ? 'row' : 'rows',
      basis: 'kept until the host holds them',
      tone: 'calm',
      testId: 'buffer-sent',
    },
    {
      title: 'Oldest',
      figure: buffer.oldestTimestampMs === null ? DASH : ageText(nowMs - buffer.oldestTimestampMs),
      unit: '',
      basis: hasOldest ? 'age of the oldest row' : 'the buffer is empty',
      tone: 'calm',
      testId: 'buffer-oldest',
    },
    {
      title: 'On disk',
      figure: megabyteText(buffer.byteCount),
      unit: `of ${megabyteText(buffer.limitBytes)} MB`,
      basis:
        buffer.coversMs === null
          ? 'free space is not being used: nothing comes in'
          : `covers ${roughDurationText(buffer.coversMs)} at this rate`,
      tone: usedRatio >= NEARLY_FULL_RATIO ? 'look' : 'calm',
      testId: 'buffer-bytes',
      usedRatio,
    },
    {
      title: 'Lost',
      figure: countText(buffer.droppedCount),
      unit: buffer.droppedCount === 1 ? 'row' : 'rows',
      basis: buffer.droppedCount === 0 ? 'ledger empty' : 'named in the ledger below',
      tone: buffer.droppedCount === 0 ? 'calm' : 'broken',
      testId: 'buffer-dropped',
    },
  ];
}

/** What was carried over outages, in one line. */
export const toReplayText = ({ buffer }: EngineSnapshot): string =>
  buffer.messagesQueued === 0
    ? 'No row had to wait for a session since this file was made.'
    : `${plural(buffer.messagesQueued, 'row')} stored without a session since this file was made, ${countText(buffer.messagesReplayed)} sent later as historical.`;

export interface QueueRowView {
  readonly state: string;
  readonly priority: string;
  readonly isWaiting: boolean;
  readonly machine: string;
  readonly metric: string;
  readonly datatype: string;
  readonly value: string;
  readonly quality: Quality;
  readonly time: string;
  readonly stored: string;
}

export function toQueueRowView(row: QueueRow, timeZone: string): QueueRowView {
  return {
    state: row.state,
    priority: row.priority,
    isWaiting: row.state === 'waiting',
    machine: row.deviceId ?? 'edge node',
    metric: row.metricName,
    datatype: row.datatype,
    value: row.value === '' ? '""' : (row.value ?? `${DASH} no value`),
    quality: row.quality,
    time: timestampText(row.timestampMs, timeZone),
    stored: `${durationText(Math.max(0, row.storedAtMs - row.timestampMs))} later`,
  };
}

export interface LossView {
  readonly key: string;
  readonly what: string;
  readonly count: string;
  readonly range: string;
  readonly reason: string;
}

/** The ledger, largest loss first. */
export function toLossViews(losses: readonly LossEntry[], timeZone: string): readonly LossView[] {
  return [...losses]
    .sort((one, other) => other.droppedCount - one.droppedCount)
    .map((loss) => ({
      key: `${loss.deviceId ?? ''} ${loss.metricName} ${loss.reason} ${loss.firstTimestampMs}`,
      what: `${loss.deviceId ?? 'edge node'} ${loss.metricName}`,
      count: plural(loss.droppedCount, 'row'),
      range: `${timestampText(loss.firstTimestampMs, timeZone)} to ${timestampText(loss.lastTimestampMs, timeZone)}`,
      reason: loss.reason.replaceAll('-', ' '),
    }));
}
