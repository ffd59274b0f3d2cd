import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { describeError, EngineError } from '../platform/engine-error.ts';
import type { TrafficMessage } from '../sparkplug/lint/traffic.ts';

const RecordedMessage = z.object({
  topic: z.string(),
  payloadBase64: z.string(),
  qos: z.number().int().min(0).max(2),
  retain: z.boolean(),
  atMs: z.number(),
});
/** What happened between the messages, where it matters to the lint. */
const RecordedEvent = z.object({
  event: z.enum(['subscribed', 'connection-lost', 'retained-look-begins', 'retained-look-ends']),
  atMs: z.number(),
  /** Of `subscribed`. */
  qos: z.number().optional(),
});

type RecordedEvent = z.infer<typeof RecordedEvent>;
export type Recorded = TrafficMessage | RecordedEvent;

/**
 * The messages and events of a recording, in their order: JSON lines of {topic, payloadBase64, qos, retain, atMs}.
 * @throws EngineError `cli/recording` naming the line that cannot be read, or the file.
 */
export async function* readRecording(file: string): AsyncGenerator<Recorded> {
  const stream = createReadStream(file);
  let lineNumber = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      lineNumber += 1;
      if (line.trim() !== '') yield toRecorded(line);
    }
  } catch (cause) {
    const where = lineNumber === 0 ? file : `${file}, line ${lineNumber}`;
    const text = `${where} cannot be read as a recording: ${describeError(cause)}; lines are as --record writes them`;
    throw new EngineError('cli/recording', text, { file, lineNumber }, { cause });
  } finally {
    stream.destroy();
  }
}

function toRecorded(line: string): Recorded {
  const json: unknown = JSON.parse(line);
  const isEvent = typeof json === 'object' && json !== null && 'event' in json;
  const parsed = (isEvent ? RecordedEvent : RecordedMessage).safeParse(json);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  }
  if ('event' in parsed.data) return parsed.data;
  const { payloadBase64, ...rest } = parsed.data;
  return { ...rest, payload: Buffer.from(payloadBase64, 'base64') };
}

const FLUSH_AT_LENGTH = 64 * 1024;

/** Writes a recording; the reader of the network waits for the disk, so that nothing piles up. */
export class RecordingWriter {
  readonly #file: string;
  readonly #handle: number;
  #waiting = '';

  /** Never writes over a file that is there. @throws EngineError `cli/recording` */
  constructor(file: string) {
    this.#file = file;
    this.#handle = this.#guard(() => openSync(file, 'wx', 0o600));
  }

  write(recorded: Recorded): void {
    const line = 'event' in recorded ? recorded : toLine(recorded);
    this.#waiting += `${JSON.stringify(line)}\n`;
    if (this.#waiting.length >= FLUSH_AT_LENGTH) this.flush();
  }

  /** @throws EngineError `cli/recording` */
  flush(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    this.#guard(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#handle, bytes, at);
    });
  }

  close(): void {
    this.flush();
    closeSync(this.#handle);
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const text = `the recording ${this.#file} cannot be written: ${describeError(cause)}; name another file`;
      throw new EngineError('cli/recording', text, { file: this.#file }, { cause });
    }
  }
}

const toLine = ({ topic, payload, qos, retain, atMs }: TrafficMessage): z.infer<typeof RecordedMessage> => ({
  topic,
  payloadBase64: Buffer.from(payload).toString('base64'),
  qos,
  retain,
  atMs,
});
