import type { MetricChange } from '../../shared/domain/metric.ts';
import type { Clock } from '../platform/clock.ts';
import type { EdgeNodeParts, PoisonedRow, SendOutcome } from './edge-node.ts';
import { AliasBook, type BirthDevice, type BirthSource, type BornScope } from './edge-node-births.ts';
import { encodeDeviceBirth, encodeNodeBirth, encodeNodeDeath } from './edge-node-births.ts';
import { frameRows } from './edge-node-data.ts';
import { encodeRows, maxPayloadBytes } from './edge-node-packets.ts';
import { encodePayload } from './encode-payload.ts';
import type { HeldLink, LastMessage } from './held-link.ts';
import { PacketSizes } from './packet-sizes.ts';
import type { LinkRequest } from './sparkplug-link.ts';
import { deviceTopic, type EdgeNodeDescriptor, edgeNodeTopic, toDeviceId } from './topic.ts';

type PublisherParts = Pick<EdgeNodeParts, 'descriptor' | 'births' | 'clock' | 'maxPacketBytes'>;

/**
 * Makes the messages of one edge node and hands them over. Each message takes its seq in the same synchronous step
 * in which it is published, and births read their values in that step too: no change can fall between birth and
 * data, and no number can be taken by a message that stays behind.
 */
export class EdgeNodePublisher {
  readonly sizes: PacketSizes;
  readonly #descriptor: EdgeNodeDescriptor;
  readonly #births: BirthSource;
  readonly #clock: Clock;
  readonly #maxPacketBytes: number | undefined;
  readonly #takeSeq: () => number;
  readonly #aliases = new AliasBook();
  /** What data may be sent for: the node (null) and the devices that are born. */
  #scopes = new Map<string | null, BornScope>();
  #sentMessageCount = 0;

  constructor(parts: PublisherParts, takeSeq: () => number) {
    this.sizes = new PacketSizes(parts.clock);
    this.#descriptor = parts.descriptor;
    this.#births = parts.births;
    this.#clock = parts.clock;
    this.#maxPacketBytes = parts.maxPacketBytes;
    this.#takeSeq = takeSeq;
  }

  get sentMessageCount(): number {
    return this.#sentMessageCount;
  }

  /** What is born of the node (null) or of a device; undefined: nothing. */
  scopeOf(deviceId: string | null): BornScope | undefined {
    return this.#scopes.get(deviceId);
  }

  /** QoS 1, not retained (tck-id-payloads-ndeath-will-message-qos, -retain). */
  toWill(bdSeq: number): LinkRequest['will'] {
    const payload = encodeNodeDeath(bdSeq, this.#clock.nowMs());
    return { topic: edgeNodeTopic('NDEATH', this.#descriptor), payload, qos: 1, retain: false };
  }

  /** The death to publish before an intended disconnect; bdSeq as in the Will. */
  toLastMessage(bdSeq: number): LastMessage {
    this.#sentMessageCount += 1;
    const { topic, payload } = this.toWill(bdSeq);
    return { topic, payload, isRetained: false };
  }

  /** NBIRTH, then a DBIRTH for each device that is online (tck-id-payloads-dbirth-order). */
  publishBirths(link: HeldLink, bdSeq: number): void {
    this.#scopes = new Map();
    const nowMs = this.#clock.nowMs();
    const dataTopic = edgeNodeTopic('NDATA', this.#descriptor);
    const birth = { bdSeq, seq: this.#takeSeq(), nowMs, dataTopic };
    const { payload, scope } = encodeNodeBirth(birth, this.#births.nodeMetrics(), this.#aliases);
    this.#scopes.set(null, scope);
    void this.#publish(link, edgeNodeTopic('NBIRTH', this.#descriptor), payload);
    for (const device of this.#births.devices()) if (device.isOnline) this.#publishDevice(link, device);
  }

  /** False when the device is not known or has gone again meanwhile. */
  publishDeviceBirth(link: HeldLink, deviceId: string): boolean {
    const device = this.#births.devices().find((one) => one.deviceId === deviceId);
    if (!device?.isOnline) return false;
    this.#publishDevice(link, device);
    return true;
  }

  /** Only for a device that is born; no data of it follows until its next birth. */
  publishDeviceDeath(link: HeldLink, deviceId: string, atMs: number): void {
    if (!this.#scopes.delete(deviceId)) return;
    // Hosts take this timestamp for the moment from which the values are stale: when it was noticed, not sent.
    const payload = encodePayload(atMs, this.#takeSeq(), []);
    void this.#publish(link, deviceTopic('DDEATH', this.#descriptor, toDeviceId(deviceId)), payload);
  }

  /** Rejects when a message could not be written. */
  async publishRows<Row extends MetricChange>(
    link: HeldLink,
    rows: readonly Row[],
    isHistorical: boolean,
  ): Promise<SendOutcome<Row>> {
    const framed = frameRows(rows, this.#scopes, isHistorical);
    const { notTaken, unknown } = this.#findUnknown(framed.notTaken);
    const poisoned = [...framed.poisoned, ...unknown];
    const nowMs = this.#clock.nowMs();
    const written: Promise<void>[] = [];
    for (const message of framed.messages) {
      const maxBytes = maxPayloadBytes(message.topic, this.#maxPacketBytes);
      const encoded = encodeRows(message, nowMs, { maxBytes, splitBytes: this.sizes.splitBytes });
      for (const payload of encoded.payloads) {
        this.sizes.published(payload.byteCount);
        written.push(this.#publish(link, message.topic, payload.finish(this.#takeSeq())));
      }
      poisoned.push(...encoded.poisoned);
    }
    await Promise.all(written);
    return { notTaken, poisoned };
  }

  /** No birth will ever come of a device that is not there any more. */
  #findUnknown<Row extends MetricChange>(
    rows: readonly Row[],
  ): { readonly notTaken: readonly Row[]; readonly unknown: readonly PoisonedRow<Row>[] } {
    if (rows.length === 0) return { notTaken: rows, unknown: [] };
    const known = new Set<string | null>([null, ...this.#births.devices().map(({ deviceId }) => deviceId)]);
    const unknown = rows.filter(({ deviceId }) => !known.has(deviceId));
    return {
      notTaken: unknown.length === 0 ? rows : rows.filter(({ deviceId }) => known.has(deviceId)),
      unknown: unknown.map((row) => ({ row, reason: `the site file names no machine ${row.deviceId ?? ''} any more` })),
    };
  }

  #publishDevice(link: HeldLink, device: BirthDevice): void {
    const deviceId = toDeviceId(device.deviceId);
    const dataTopic = deviceTopic('DDATA', this.#descriptor, deviceId);
    const birth = { seq: this.#takeSeq(), nowMs: this.#clock.nowMs(), dataTopic };
    const { payload, scope } = encodeDeviceBirth(birth, device, this.#aliases);
    this.#scopes.set(device.deviceId, scope);
    void this.#publish(link, deviceTopic('DBIRTH', this.#descriptor, deviceId), payload);
  }

  /** A failure ends the link (`HeldLink`), so who does not wait misses nothing. QoS 0, not retained: all that an edge node publishes except its death (section 1.13). */
  #publish(link: HeldLink, topic: string, payload: Uint8Array): Promise<void> {
    this.#sentMessageCount += 1;
    return link.publish(topic, payload, 0);
  }
}
