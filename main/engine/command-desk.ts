import type { CommandRecord, CommandsSnapshot } from '../../shared/domain/command-snapshot.ts';
import type { MetricValue, TagId } from '../../shared/domain/metric.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { CommandedMetric, CommandSource, SparkplugCommand, WriteResult } from './ports.ts';
import { describeValue } from './tag-listing.ts';

export interface CommandDeskParts {
  readonly edgeNode: CommandSource;
  /** The tag behind a metric; undefined where none is. */
  readonly findTag: (deviceId: string, metricName: string) => CommandedTag | undefined;
  readonly write: (tag: CommandedTag, value: Exclude<MetricValue, null>) => Promise<WriteResult>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CommandedTag {
  readonly tagId: TagId;
  readonly serverId: string;
  readonly isWritable: boolean;
}

const KEPT_RECORDS = 20;
/** A flood of commands must not fill the disk with lines; what has no line is counted all the same. */
const MOST_LINES = 50;
const LINES_WINDOW_MS = 10_000;

/**
 * Carries commands of Sparkplug hosts to the servers, or says why not: one record, one log line and one count for
 * each. It reports no value: what the device made of a command comes from the device, as a sample.
 */
export class CommandDesk {
  readonly #parts: CommandDeskParts;
  readonly #refused = new Map<string, number>();
  readonly #last: CommandRecord[] = [];
  #receivedCount = 0;
  #rebirthCount = 0;
  #underWayCount = 0;
  #writtenCount = 0;
  #failedCount = 0;
  #lineCount = 0;
  #unwrittenCount = 0;
  #windowFromMs = -Infinity;

  constructor(parts: CommandDeskParts) {
    this.#parts = parts;
  }

  /** Returns what ends it. */
  start(): () => void {
    return this.#parts.edgeNode.onCommand((command) => this.#take(command));
  }

  snapshot(): CommandsSnapshot {
    return {
      receivedCount: this.#receivedCount,
      rebirthCount: this.#rebirthCount,
      underWayCount: this.#underWayCount,
      writtenCount: this.#writtenCount,
      failedCount: this.#failedCount,
      refused: Object.fromEntries(this.#refused),
      last: [...this.#last],
    };
  }

  #take(command: SparkplugCommand): void {
    this.#receivedCount += 1;
    const { topic, isRebirthAsked } = command;
    if (isRebirthAsked) {
      this.#rebirthCount += 1;
      this.#note(topic, { metricName: null }, 'rebirth', 'births are asked for');
      this.#tell('info', 'a birth is asked for by command', { topic });
    }
    for (const metric of command.metrics) {
      if (metric.phase === 'refused') this.#refuse(topic, metric, metric.reason, metric.text);
      else this.#judge(command, metric);
    }
  }

  #judge({ topic, deviceId }: SparkplugCommand, metric: CommandedMetric & { readonly phase: 'asked' }): void {
    const tag = deviceId === null ? undefined : this.#parts.findTag(deviceId, metric.metricName);
    if (tag?.isWritable !== true) {
      this.#refuse(topic, metric, 'not-writable', 'the site file does not say writable of it');
      return;
    }
    const record = this.#note(topic, metric, 'under-way', 'sent to the server');
    this.#underWayCount += 1;
    void this.#write(record, tag, metric.value);
  }

  async #write(record: CommandRecord, tag: CommandedTag, value: Exclude<MetricValue, null>): Promise<void> {
    let result: WriteResult;
    try {
      result = await this.#parts.write(tag, value);
    } catch (error) {
      result = { phase: 'failed', status: 'BadInternalError', text: describeError(error) };
    }
    this.#underWayCount -= 1;
    const facts = { topic: record.topic, metric: record.metric, value: record.value };
    switch (result.phase) {
      case 'written':
        this.#writtenCount += 1;
        this.#finish(record, 'written', result.status);
        return this.#tell('info', 'a command was written', { ...facts, status: result.status });
      case 'failed':
        this.#failedCount += 1;
        this.#finish(record, 'failed', `${result.status}: ${result.text}`);
        return this.#tell('warn', 'a command failed at the server', {
          ...facts,
          status: result.status,
          detail: result.text,
        });
      case 'refused':
        this.#count(result.reason);
        this.#finish(record, 'refused', `${result.reason}: ${result.text}`);
        return this.#tell('warn', 'a command was refused', { ...facts, reason: result.reason, detail: result.text });
    }
  }

  #refuse(topic: string, metric: NotedMetric, reason: string, text: string): void {
    this.#count(reason);
    this.#note(topic, metric, 'refused', `${reason}: ${text}`);
    this.#tell('warn', 'a command was refused', { topic, metric: metric.metricName, reason, detail: text });
  }

  #count(reason: string): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
  }

  #note(
    topic: string,
    { metricName, value }: NotedMetric,
    phase: CommandRecord['phase'],
    detail: string,
  ): CommandRecord {
    const atMs = this.#parts.clock.nowMs();
    const doneAtMs = phase === 'under-way' ? null : atMs;
    const shown = value === undefined ? null : describeValue(value);
    const record = { atMs, topic, metric: metricName, value: shown, phase, detail, doneAtMs };
    this.#last.unshift(record);
    this.#last.length = Math.min(this.#last.length, KEPT_RECORDS);
    return record;
  }

  #finish(record: CommandRecord, phase: 'written' | 'failed' | 'refused', detail: string): void {
    const index = this.#last.indexOf(record);
    if (index >= 0) this.#last[index] = { ...record, phase, detail, doneAtMs: this.#parts.clock.nowMs() };
  }

  #tell(level: 'info' | 'warn', text: string, facts: Readonly<Record<string, unknown>>): void {
    const { clock, log } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#windowFromMs >= LINES_WINDOW_MS) {
      this.#windowFromMs = nowMs;
      this.#lineCount = 0;
    }
    if (this.#lineCount >= MOST_LINES) {
      this.#unwrittenCount += 1;
      return;
    }
    this.#lineCount += 1;
    const likeIt = this.#unwrittenCount === 0 ? {} : { notWrittenBefore: this.#unwrittenCount };
    this.#unwrittenCount = 0;
    log[level](text, { ...facts, ...likeIt });
  }
}

interface NotedMetric {
  readonly metricName: string | null;
  readonly value?: Exclude<MetricValue, null>;
}
