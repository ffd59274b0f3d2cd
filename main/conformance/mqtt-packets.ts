import type { MqttFrame } from '../testing/mqtt-frames.ts';

/** What a connection asks the broker to publish when it dies. */
interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly isRetained: boolean;
}

export interface ConnectFields {
  readonly kind: 'connect';
  /** 4 is MQTT 3.1.1, 5 is MQTT 5.0. */
  readonly protocolLevel: number;
  readonly isCleanSession: boolean;
  readonly keepAliveS: number;
  readonly clientId: string;
  readonly will: Will | undefined;
}

export interface PublishFields {
  readonly kind: 'publish';
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly isRetained: boolean;
  readonly packetId: number | undefined;
}

interface SubscribeFields {
  readonly kind: 'subscribe';
  readonly packetId: number;
  readonly filters: readonly { readonly filter: string; readonly qos: number }[];
}

interface SubackFields {
  readonly kind: 'suback';
  readonly packetId: number;
  /** 0 … 2, or 128 for a refusal; in the order of the filters. */
  readonly granted: readonly number[];
}

interface ConnackFields {
  readonly kind: 'connack';
  readonly returnCode: number;
}

interface PubackFields {
  readonly kind: 'puback';
  readonly packetId: number;
}

interface OtherFields {
  readonly kind: Exclude<MqttFrame['kind'], 'connect' | 'publish' | 'puback' | 'subscribe' | 'suback' | 'connack'>;
}

export type PacketFields =
  ConnectFields | PublishFields | PubackFields | SubscribeFields | SubackFields | ConnackFields | OtherFields;

/** Reads fields one after the other (MQTT 3.1.1, section 1.5). */
class Fields {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#at = 1;
    // The remaining length has at most four bytes, the last one below 128.
    while ((bytes[this.#at] ?? 0) >= 128) this.#at += 1;
    this.#at += 1;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  number(): number {
    this.#at += 2;
    return this.#bytes.readUInt16BE(this.#at - 2);
  }

  /** A copy: the frame is a view of a buffer that lives on. */
  binary(sizeBytes = this.number()): Uint8Array {
    this.#at += sizeBytes;
    return Uint8Array.from(this.#bytes.subarray(this.#at - sizeBytes, this.#at));
  }

  text(): string {
    return Buffer.from(this.binary()).toString('utf8');
  }

  rest(): Uint8Array {
    return this.binary(this.#bytes.length - this.#at);
  }
}

/**
 * The fields of a packet of MQTT 3.1.1, read by the standard and not by the library that our engine writes with. Of
 * another version only the CONNECT is read, so that a check can say so. Throws a RangeError for a packet that is cut.
 */
export function parsePacket({ kind, bytes }: MqttFrame): PacketFields {
  const fields = new Fields(bytes);
  const flags = (bytes[0] ?? 0) & 0x0f;
  switch (kind) {
    case 'connect':
      return parseConnect(fields);
    case 'publish': {
      const topic = fields.text();
      const qos = (flags >> 1) & 3;
      const packetId = qos === 0 ? undefined : fields.number();
      return { kind, topic, qos, isRetained: (flags & 1) === 1, packetId, payload: fields.rest() };
    }
    case 'subscribe': {
      const packetId = fields.number();
      const filters: { filter: string; qos: number }[] = [];
      while (!fields.isAtEnd) filters.push({ filter: fields.text(), qos: fields.byte() & 3 });
      return { kind, packetId, filters };
    }
    case 'puback':
      return { kind, packetId: fields.number() };
    case 'suback':
      return { kind, packetId: fields.number(), granted: [...fields.rest()] };
    case 'connack': {
      fields.byte();
      return { kind, returnCode: fields.byte() };
    }
    default:
      return { kind };
  }
}

function parseConnect(fields: Fields): ConnectFields {
  fields.text();
  const protocolLevel = fields.byte();
  const flags = fields.byte();
  const keepAliveS = fields.number();
  const isWithProperties = protocolLevel >= 5;
  if (isWithProperties) fields.binary(fields.byte());
  const clientId = fields.text();
  const hasWill = (flags & 4) !== 0;
  if (hasWill && isWithProperties) fields.binary(fields.byte());
  const will = hasWill
    ? { topic: fields.text(), payload: fields.binary(), qos: (flags >> 3) & 3, isRetained: (flags & 0x20) !== 0 }
    : undefined;
  return { kind: 'connect', protocolLevel, isCleanSession: (flags & 2) !== 0, keepAliveS, clientId, will };
}
