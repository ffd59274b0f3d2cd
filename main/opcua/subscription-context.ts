import type { DataValue } from 'node-opcua';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { OpcuaServices } from './opcua-services.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import type { SessionLimits } from './session-limits.ts';
import type { TagSubscription } from './tag-subscription.ts';

/** What the subscriptions of a session have in common. */
export interface SubscriptionContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: SessionLimits;
  readonly publishingIntervalMs: number;
  readonly keepAliveCount: number;
  readonly slowSamplingIntervalMs: number;
  /** Break of the network that the server's queues are to bridge. */
  readonly bridgeBreakMs: number;
  /** May change while the session lives. */
  readonly isSlow: boolean;
  /** Of the session that has the subscriptions now. */
  services(): OpcuaServices;
  acknowledge(subscriptionId: number, sequenceNumber: number): void;
  /** Every value, in the order of the notification. */
  onValue(tag: OpcuaTag, dataValue: DataValue): void;
  onItemRefused(tag: OpcuaTag, reason: string): void;
  /** A sign of life: data or keep-alive. */
  onHeard(subscription: TagSubscription): void;
  /** Messages that came only when they were asked for again. */
  onRepublished(messageCount: number): void;
  /** Messages that the server could not give again; `heardAtMs` = the last sign of life before them. */
  onGap(subscription: TagSubscription, messageCount: number, heardAtMs: number): void;
  /** The server ended it: its items are gone. */
  onEnded(subscription: TagSubscription, reason: string): void;
}
