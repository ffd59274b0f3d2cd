import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClientFrame,
  fatalResponse,
  FrameReader,
  queryFrame,
  readyStatus,
  startupResponse,
  toFrame,
  withoutCopyInResponses,
} from './embedded-historian-protocol.ts';

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const untyped = (code: number, body = Buffer.alloc(0)): Buffer =>
  Buffer.concat([int32(8 + body.length), int32(code), body]);
const sslRequest = untyped(80_877_103);
const startup = untyped(196_608, Buffer.from('user\0lineside\0\0'));

const readAll = (chunks: readonly Buffer[]): ClientFrame[] => {
  const reader = new FrameReader();
  return chunks.flatMap((chunk) => reader.push(Buffer.from(chunk)));
};

const message = fc
  .tuple(fc.constantFrom(...'QPBDECSHXdcf'), fc.uint8Array({ maxLength: 40 }))
  .map(([type, body]) => ({ type, bytes: toFrame(type, Buffer.from(body)) }));

/** Cuts `stream` at the given places, each counted from the place before; the last piece is the rest. */
const cut = (stream: Buffer, pieceLengths: readonly number[]): Buffer[] => {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of pieceLengths) {
    pieces.push(stream.subarray(at, at + length));
    at = Math.min(stream.length, at + length);
  }
  return [...pieces, stream.subarray(at)];
};

describe('FrameReader', () => {
  it('gives the same messages however the byte stream is split or merged', () => {
    fc.assert(
      fc.property(
        fc.array(message),
        fc.boolean(),
        fc.array(fc.nat({ max: 60 })),
        (messages, asksForSsl, pieceLengths) => {
          const stream = Buffer.concat([
            ...(asksForSsl ? [sslRequest] : []),
            startup,
            ...messages.map(({ bytes }) => bytes),
          ]);
          const expected: ClientFrame[] = [
            ...(asksForSsl ? [{ kind: 'encryption-request' } as const] : []),
            { kind: 'startup' },
            ...messages.map(({ type, bytes }) => ({ kind: 'message', type, bytes }) as const),
          ];
          expect(readAll(cut(stream, pieceLengths))).toEqual(expected);
        },
      ),
    );
  });

  it('gives a message only with its last byte', () => {
    const reader = new FrameReader();
    const query = queryFrame('select 1');
    reader.push(startup);
    expect(reader.push(query.subarray(0, -1))).toEqual([]);
    expect(reader.push(query.subarray(-1))).toEqual([{ kind: 'message', type: 'Q', bytes: query }]);
  });

  it('knows a cancel request from a startup', () => {
    expect(readAll([Buffer.concat([int32(16), int32(80_877_102), int32(1), int32(0)])])).toEqual([
      { kind: 'cancel-request' },
    ]);
  });

  it.each([
    ['a length below its own four bytes', Buffer.concat([startup, Buffer.from('Q'), int32(3)])],
    ['a length beyond the limit', Buffer.concat([startup, Buffer.from('Q'), int32(0x7fff_ffff)])],
    ['a startup too short for its code', int32(4)],
    ['protocol 2', untyped(2 << 16)],
  ])('refuses %s', (_what, bytes) => {
    expect(() => readAll([bytes])).toThrow(expect.objectContaining({ code: 'demo/malformed-message' }));
  });
});

describe('readyStatus', () => {
  it.each(['I', 'T', 'E'] as const)('reads %s from the end of a reply', (status) => {
    expect(readyStatus(Buffer.concat([toFrame('C', 'SELECT 1'), toFrame('Z', Buffer.from(status))]))).toBe(status);
  });

  it('is null when the reply does not end with ReadyForQuery', () => {
    expect(readyStatus(toFrame('C', 'SELECT 1'))).toBeNull();
    expect(readyStatus(Buffer.alloc(0))).toBeNull();
  });
});

describe('withoutCopyInResponses', () => {
  it('removes exactly the frames of type G', () => {
    const complete = toFrame('C', 'COPY 3');
    const dataThatLooksAlike = toFrame('D', Buffer.from('GGGG'));
    const reply = Buffer.concat([toFrame('G', Buffer.from([0, 0, 2, 0, 0, 0, 0])), dataThatLooksAlike, complete]);
    expect(withoutCopyInResponses(reply)).toEqual(Buffer.concat([dataThatLooksAlike, complete]));
  });
});

describe('responses of our own', () => {
  it('ends the answer to a startup with an idle ReadyForQuery', () => {
    const response = startupResponse(7, { server_version: '17.5' });
    expect(response.toString('latin1', 0, 9)).toBe('R\0\0\0\x08\0\0\0\0');
    expect(response.includes('server_version\x0017.5\0')).toBe(true);
    expect(readyStatus(response)).toBe('I');
  });

  it('states the length of a frame without its type byte', () => {
    const response = fatalResponse('08P01', 'no');
    expect(response.readInt32BE(1)).toBe(response.length - 1);
    expect(response.at(-1)).toBe(0);
  });
});
