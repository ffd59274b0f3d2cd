import { PublishRequest, type PublishRequestOptions, type PublishResponse } from 'node-opcua';
import type { Clock } from '../platform/clock.ts';
import { faultNameOf, type OpcuaServices } from './opcua-services.ts';

export interface PublishLoopOptions {
  readonly clock: Clock;
  services(): OpcuaServices;
  onResponse(response: PublishResponse): void;
  /** The server refused a request by status name; those that only concern the loop are dealt with here. */
  onFault(statusName: string): void;
}

type Acknowledgement = NonNullable<PublishRequestOptions['subscriptionAcknowledgements']>[number];

/** At least so many, so that an answer on its way does not hold up the next. */
const LEAST_REQUESTS = 5;
const MOST_REQUESTS = 40;
const PAUSE_AFTER_FAULT_MS = 250;
/** The server may keep a request so long; silence is noticed much earlier, by its own watch. */
const REQUEST_LIMIT_MS = 10 * 60_000;

/**
 * Keeps publish requests waiting at the server of one session, and acknowledges what was taken
 * (OPC 10000-4, 5.14.5). Ends with its connection; unsent acknowledgements pass to the next loop.
 */
export class PublishLoop {
  readonly #options: PublishLoopOptions;
  readonly #acknowledgements: Acknowledgement[];
  /** Sent with requests that are not answered yet. */
  readonly #underWay = new Set<Acknowledgement[]>();
  #waitingCount = 0;
  #wantedCount = LEAST_REQUESTS;
  #mostCount = MOST_REQUESTS;
  #isStopped = false;
  #cancelPause = (): void => {};

  constructor(options: PublishLoopOptions, acknowledgements: readonly Acknowledgement[] = []) {
    this.#options = options;
    this.#acknowledgements = [...acknowledgements];
  }

  /** Starts, or adapts to another number of subscriptions. */
  run(subscriptionCount: number): void {
    this.#wantedCount = Math.min(MOST_REQUESTS, Math.max(LEAST_REQUESTS, 2 * subscriptionCount));
    this.#fill();
  }

  /** A message was taken or given up: the server may forget it. */
  acknowledge(subscriptionId: number, sequenceNumber: number): void {
    this.#acknowledgements.push({ subscriptionId, sequenceNumber });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelPause();
  }

  /** Stops; the new one, not yet running, has what is not acknowledged yet. */
  renew(): PublishLoop {
    this.stop();
    return new PublishLoop(this.#options, [...[...this.#underWay].flat(), ...this.#acknowledgements]);
  }

  #fill(): void {
    const wantedCount = Math.min(this.#wantedCount, this.#mostCount);
    while (!this.#isStopped && this.#waitingCount < wantedCount) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#waitingCount += 1;
    const subscriptionAcknowledgements = this.#acknowledgements.splice(0);
    this.#underWay.add(subscriptionAcknowledgements);
    try {
      const response = await this.#options
        .services()
        .publish(
          new PublishRequest({ requestHeader: { timeoutHint: REQUEST_LIMIT_MS }, subscriptionAcknowledgements }),
        );
      this.#endRequest(subscriptionAcknowledgements);
      if (this.#isStopped) return;
      this.#options.onResponse(response);
    } catch (error) {
      this.#endRequest(subscriptionAcknowledgements);
      if (this.#isStopped) return;
      // Acknowledged or not: once more does no harm.
      this.#acknowledgements.unshift(...subscriptionAcknowledgements);
      this.#afterFault(faultNameOf(error));
      return;
    }
    this.#fill();
  }

  #endRequest(acknowledgements: Acknowledgement[]): void {
    this.#waitingCount -= 1;
    this.#underWay.delete(acknowledgements);
  }

  /** Without an answer the connection is broken, which its watcher tells, or the request grew too old. */
  #afterFault(statusName: string | undefined): void {
    if (statusName === 'BadTooManyPublishRequests') this.#mostCount = Math.max(1, this.#waitingCount);
    else if (statusName !== undefined && statusName !== 'BadTimeout') this.#options.onFault(statusName);
    this.#cancelPause();
    this.#cancelPause = this.#options.clock.after(PAUSE_AFTER_FAULT_MS, () => this.#fill());
  }
}
