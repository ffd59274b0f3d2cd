import type { Socket } from 'node:net';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';

/**
 * The first line that arrives, without its end.
 * @throws EngineError `control/too-long` beyond `maxBytes`, `control/too-slow` after `limitMs`, `control/closed`.
 */
export function readLine(socket: Socket, clock: Clock, maxBytes: number, limitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let byteCount = 0;
    const end = (finish: () => void): void => {
      cancel();
      socket.off('data', onData).off('error', onError).off('close', onClose);
      // Whoever waits has his answer; what goes wrong on this connection afterwards concerns nobody.
      socket.on('error', () => {});
      finish();
    };
    const fail = (code: 'too-long' | 'too-slow' | 'closed', text: string): void =>
      end(() => reject(new EngineError(`control/${code}`, text)));
    const onData = (piece: Buffer): void => {
      const at = piece.indexOf(10);
      const taken = at < 0 ? piece : piece.subarray(0, at);
      byteCount += taken.length;
      if (byteCount > maxBytes) fail('too-long', `the other side sends more than ${maxBytes} bytes`);
      else {
        pieces.push(taken);
        if (at >= 0) end(() => resolve(Buffer.concat(pieces).toString('utf8')));
      }
    };
    const onError = (cause: Error): void => end(() => reject(cause));
    const onClose = (): void => fail('closed', 'the other side has closed the connection without a word');
    const cancel = clock.after(limitMs, () => fail('too-slow', `nothing whole has arrived within ${limitMs} ms`));
    socket.on('data', onData).on('error', onError).on('close', onClose);
  });
}
