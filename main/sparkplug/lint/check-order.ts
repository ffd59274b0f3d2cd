import type { PayloadMetric } from '../payload.ts';
import { isData, type LookedAt } from './looked-at.ts';

/** The live metrics of one birth or data message have to stand in the order of time, over the whole list. */
export class OrderOfTime {
  readonly #looked: LookedAt;
  readonly #times = new Map<string, number>();
  #newestMs = -Infinity;

  constructor(looked: LookedAt) {
    this.#looked = looked;
  }

  /** Each metric in turn. */
  next({ timestampMs, isHistorical }: PayloadMetric, name: string): void {
    const { verb, report } = this.#looked;
    if (timestampMs === undefined || isHistorical) return;
    const behindMs = this.#newestMs - timestampMs;
    if (behindMs > 0) {
      const text = `${name} is ${behindMs} ms older than a metric before it, required is the order of time`;
      report('metric-order', text, name);
    }
    this.#newestMs = Math.max(this.#newestMs, timestampMs);
    if (!isData(verb)) return;
    if (this.#times.get(name) === timestampMs) {
      report('data-same-time', `${name} stands twice in ${verb} with the time ${timestampMs}, required are two`, name);
    }
    this.#times.set(name, timestampMs);
  }
}
