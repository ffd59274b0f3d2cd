import type { ConnectionState, EdgeSession } from '../../shared/domain/engine-snapshot.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { BirthSource } from './edge-node-births.ts';
import type { EdgeNodeCommand } from './edge-node-commands.ts';
import type { OpenLink, SessionMemory } from './sparkplug-link.ts';
import type { EdgeNodeDescriptor } from './topic.ts';

export interface EdgeNodeParts {
  readonly descriptor: EdgeNodeDescriptor;
  /** Births wait for the STATE of this host; null: none is configured. */
  readonly primaryHostId: string | null;
  readonly keepAliveS: number;
  /** The list that `openLink` knows by place; they are tried in order, for ever. */
  readonly brokerUrls: readonly string[];
  readonly openLink: OpenLink;
  readonly memory: SessionMemory;
  readonly births: BirthSource;
  /** Whether anything may be written: then a broker that refuses commands for devices is no broker for this node. */
  readonly takesWrites?: (() => boolean) | undefined;
  /** The largest packet that every broker of the list takes; undefined: as large as MQTT allows. */
  readonly maxPacketBytes?: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 … 1 */
  readonly random: () => number;
}

export interface EdgeNodeSnapshot {
  readonly session: EdgeSession;
  readonly connection: ConnectionState;
  /** Messages handed to brokers since the start, births and deaths included. */
  readonly sentMessageCount: number;
  readonly brokerIndex: number;
  readonly bdSeq: number | null;
}

export interface PoisonedRow<Row> {
  readonly row: Row;
  readonly reason: string;
}

/** The rows that a send has left; all others went out. */
export interface SendOutcome<Row> {
  /** No session is born, its births are about to be repeated, or their device is not born. */
  readonly notTaken: readonly Row[];
  /** No message can be made of them, or no birth holds their device, or their metric with their datatype. */
  readonly poisoned: readonly PoisonedRow<Row>[];
}

/** Keeps one edge node alive on one of its brokers; see `edge-node-session.ts` for the rules. */
export interface EdgeNodeRunner {
  start(): void;
  /** Publishes NDEATH (QoS 1), waits for it, disconnects; at most 2 s, never rejects. */
  stop(): Promise<void>;
  /**
   * Hands rows to the connection as DDATA per device and NDATA, aliases only, and says which were left. Rejects when
   * the link fails meanwhile: any of the rows may then be lost, and the session ends.
   */
  send<Row extends MetricChange>(rows: readonly Row[], isHistorical: boolean): Promise<SendOutcome<Row>>;
  /** Resolves when the broker has taken everything sent before; rejects `sparkplug/no-link` without one. */
  barrier(): Promise<void>;
  /**
   * DBIRTH or DDEATH while born; otherwise the next birth sequence shows it. A device that is online already is born
   * again, alone: for one with other metrics than before. `atMs`: when it was noticed.
   */
  deviceOnlineChanged(deviceId: string, isOnline: boolean, atMs: number): void;
  /** Forgets the newest STATE timestamp of the primary host, here and in the memory, and listens to its STATE anew. */
  forgetHost(): void;
  /** Ends the link for a fault that it does not see itself, such as a barrier that never passes; a new one is tried. */
  dropLink(why: Error): void;
  onSessionChanged(listener: (event: { readonly session: EdgeSession }) => void): () => void;
  /** After each birth and rebirth, when the last DBIRTH has been handed over. */
  onBorn(listener: () => void): () => void;
  /** After a DBIRTH that stood alone. */
  onDeviceBorn(listener: (deviceId: string) => void): () => void;
  /** Each NCMD and DCMD; rebirths are answered by the node itself. */
  onCommand(listener: (command: EdgeNodeCommand) => void): () => void;
  /** The primary host came online or went, as far as this node knows. */
  onHostOnlineChanged(listener: (isOnline: boolean) => void): () => void;
  snapshot(): EdgeNodeSnapshot;
}
