import { EngineError } from '../platform/engine-error.ts';

/**
 * The frontend/backend protocol 3 of PostgreSQL (PostgreSQL 17 manual, chapter 53) as far as the embedded
 * historian needs it: cutting a client's bytes into frames, and building the few frames that are ours.
 * Nothing here touches a socket.
 */
export type ClientFrame =
  /** SSLRequest or GSSENCRequest: both are answered with the one byte `N`. */
  | { readonly kind: 'encryption-request' }
  | { readonly kind: 'cancel-request' }
  /** StartupMessage of protocol 3; its parameters (user, database, options) have no effect here. */
  | { readonly kind: 'startup' }
  /** Any later message: `bytes` is the whole frame, type byte and length included. */
  | { readonly kind: 'message'; readonly type: string; readonly bytes: Buffer };

/** PostgreSQL allows 1 GB; the WASM backend has 2 GB for everything, so the door closes earlier. */
const FRAME_LIMIT_BYTES = 128 * 1024 * 1024;
const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;
const SSL_REQUEST_CODE = 80_877_103;
const GSSENC_REQUEST_CODE = 80_877_104;
const CANCEL_REQUEST_CODE = 80_877_102;
const PROTOCOL_MAJOR = 3;
const READY_FRAME_BYTES = 6;

/** Cuts the bytes of one client into frames, however the network has split or merged them. */
export class FrameReader {
  #phase: 'startup' | 'messages' = 'startup';
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  #neededBytes = LENGTH_BYTES;

  /**
   * Takes the next bytes and returns the frames they complete. Bytes are joined only when a frame is
   * complete, so a large message in many pieces is copied once.
   *
   * @throws EngineError `demo/malformed-message` when the bytes cannot be the protocol.
   */
  push(chunk: Buffer): ClientFrame[] {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    const frames: ClientFrame[] = [];
    while (this.#bufferedBytes >= this.#neededBytes) {
      const joined = this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks);
      this.#chunks = [joined];
      const frameBytes = this.#frameLength(joined);
      if (frameBytes > joined.length) {
        this.#neededBytes = frameBytes;
        break;
      }
      frames.push(this.#frame(joined.subarray(0, frameBytes)));
      this.#chunks = [joined.subarray(frameBytes)];
      this.#bufferedBytes -= frameBytes;
      this.#neededBytes = this.#headerBytes();
    }
    return frames;
  }

  #headerBytes(): number {
    return this.#phase === 'startup' ? LENGTH_BYTES : TYPE_BYTES + LENGTH_BYTES;
  }

  #frameLength(buffered: Buffer): number {
    const typeBytes = this.#headerBytes() - LENGTH_BYTES;
    const lengthBytes = buffered.readInt32BE(typeBytes);
    const smallestBytes = this.#phase === 'startup' ? 2 * LENGTH_BYTES : LENGTH_BYTES;
    if (lengthBytes < smallestBytes || lengthBytes > FRAME_LIMIT_BYTES) {
      throw malformed(`a message claims a length of ${lengthBytes} bytes`);
    }
    return typeBytes + lengthBytes;
  }

  #frame(bytes: Buffer): ClientFrame {
    if (this.#phase === 'messages') {
      return { kind: 'message', type: String.fromCharCode(bytes.readUInt8(0)), bytes };
    }
    const code = bytes.readInt32BE(LENGTH_BYTES);
    if (code === SSL_REQUEST_CODE || code === GSSENC_REQUEST_CODE) return { kind: 'encryption-request' };
    if (code === CANCEL_REQUEST_CODE) return { kind: 'cancel-request' };
    if (code >> 16 !== PROTOCOL_MAJOR) throw malformed(`protocol ${code >> 16} is not spoken here, only 3`);
    this.#phase = 'messages';
    return { kind: 'startup' };
  }
}

function malformed(what: string): EngineError {
  return new EngineError('demo/malformed-message', `embedded historian: ${what}`);
}

/** One frame of protocol 3: type byte, length, body. */
export function toFrame(type: string, ...body: readonly (string | Buffer)[]): Buffer {
  const parts = body.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part));
  const header = Buffer.alloc(TYPE_BYTES + LENGTH_BYTES);
  header.write(type, 'latin1');
  header.writeInt32BE(LENGTH_BYTES + parts.reduce((sum, part) => sum + part.length, 0), TYPE_BYTES);
  return Buffer.concat([header, ...parts]);
}

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

export const syncFrame = toFrame('S');
/** CopyInResponse: text format; the number of columns is not known before the backend has looked. */
export const copyInResponse = toFrame('G', Buffer.from([0]), int16(0));
export const queryFrame = (sql: string): Buffer => toFrame('Q', sql);
export const closeStatementFrame = (name: string): Buffer => toFrame('C', Buffer.from('S'), name);
export const copyFailFrame = (reason: string): Buffer => toFrame('f', reason);

/** ErrorResponse of severity FATAL; the connection is closed after it. */
export function fatalResponse(sqlState: string, text: string): Buffer {
  return toFrame('E', 'SFATAL', 'VFATAL', `C${sqlState}`, `M${text}`, Buffer.from([0]));
}

/** What a server says after a startup: accepted, its settings, a key for cancelling, ready when idle. */
export function startupResponse(clientNumber: number, settings: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat([
    toFrame('R', int32(0)),
    ...Object.entries(settings).map(([name, value]) => toFrame('S', name, value)),
    toFrame('K', int32(clientNumber), int32(0)),
    toFrame('Z', Buffer.from('I')),
  ]);
}

/**
 * Status of the ReadyForQuery that ends a reply: `I` idle, `T` in a transaction, `E` in a failed one.
 * Ask only about a reply to Sync, Query or FunctionCall; null when the reply does not end that way.
 */
export function readyStatus(reply: Buffer): 'I' | 'T' | 'E' | null {
  const ready = reply.subarray(-READY_FRAME_BYTES);
  if (ready.length < READY_FRAME_BYTES || ready.toString('latin1', 0, 5) !== 'Z\0\0\0\x05') return null;
  const status = ready.toString('latin1', 5);
  return status === 'I' || status === 'T' || status === 'E' ? status : null;
}

/** The reply without its CopyInResponse frames: the client was told of the copy before it ran. */
export function withoutCopyInResponses(reply: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at < reply.length;) {
    const end = at + TYPE_BYTES + reply.readInt32BE(at + TYPE_BYTES);
    if (String.fromCharCode(reply.readUInt8(at)) !== 'G') kept.push(reply.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}
