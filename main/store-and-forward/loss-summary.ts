import type { LossEntry } from '../../shared/domain/listings.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';

const keyOf = (loss: LossEntry): string => JSON.stringify([loss.deviceId, loss.metricName, loss.reason]);

/** What was dropped, by device, metric and reason. Grows with the number of metrics, not of drops. */
export class LossSummary {
  readonly #entries = new Map<string, LossEntry>();

  add(loss: LossEntry): void {
    const key = keyOf(loss);
    const known = this.#entries.get(key);
    this.#entries.set(
      key,
      known === undefined
        ? loss
        : {
            ...known,
            droppedCount: known.droppedCount + loss.droppedCount,
            firstTimestampMs: Math.min(known.firstTimestampMs, loss.firstTimestampMs),
            lastTimestampMs: Math.max(known.lastTimestampMs, loss.lastTimestampMs),
          },
    );
  }

  addChange({ deviceId, metricName, timestampMs }: MetricChange, reason: string): void {
    this.add({
      deviceId,
      metricName,
      reason,
      droppedCount: 1,
      firstTimestampMs: timestampMs,
      lastTimestampMs: timestampMs,
    });
  }

  get droppedCount(): number {
    return this.entries().reduce((sum, loss) => sum + loss.droppedCount, 0);
  }

  entries(): readonly LossEntry[] {
    return [...this.#entries.values()];
  }
}
