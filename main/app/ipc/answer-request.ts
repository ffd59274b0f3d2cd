import type { RequestContract } from '../../../shared/ipc/define.ts';
import type { IpcAnswer } from '../../../shared/ipc/failure.ts';
import { describeError, isEngineError } from '../../platform/engine-error.ts';
import type { Log } from '../../platform/log.ts';

export interface IncomingRequest {
  readonly channel: string;
  readonly call: RequestContract;
  /** URL of the frame that asks; null when the frame is already gone. */
  readonly senderUrl: string | null;
  readonly input: unknown;
  readonly handle: (input: unknown) => unknown;
}

/** True for pages of our own origin only. Parsed, not compared by prefix: `app://lineside.evil/` is another host. */
export function isTrustedSender(senderUrl: string | null, trustedOrigin: string): boolean {
  if (senderUrl === null) return false;
  try {
    const { protocol, host, username, password } = new URL(senderUrl);
    return `${protocol}//${host}` === trustedOrigin && username === '' && password === '';
  } catch {
    return false;
  }
}

const refuse = (code: string, text: string): IpcAnswer => ({ ok: false, failure: { code, text } });

/**
 * Answers one call of the window: who asks, what is asked and what is answered are all checked. Never rejects;
 * what is unexpected goes to the log with its cause and to the window as a sentence without stack or path.
 */
export async function answerRequest(request: IncomingRequest, trustedOrigin: string, log: Log): Promise<IpcAnswer> {
  const { channel, call, senderUrl } = request;
  if (!isTrustedSender(senderUrl, trustedOrigin)) {
    log.warn('refused a call from a foreign frame', { channel, senderUrl });
    return refuse('ipc/foreign-frame', 'This page may not call the engine.');
  }
  const input = call.input.safeParse(request.input);
  if (!input.success) {
    log.warn('refused a call with wrong input', { channel, issues: input.error.issues.slice(0, 3) });
    return refuse('ipc/bad-input', `The call ${channel} was refused: its input is not what the contract says.`);
  }
  try {
    const output = call.output.safeParse(await request.handle(input.data));
    if (output.success) return { ok: true, value: output.data };
    log.error('an answer does not fit the contract', { channel, issues: output.error.issues.slice(0, 3) });
    return refuse('ipc/bad-output', `The engine gave an answer to ${channel} that cannot be shown; the log has it.`);
  } catch (error) {
    if (isEngineError(error)) return refuse(error.code, error.message);
    log.error('a call failed', { channel, cause: describeError(error) });
    return refuse('ipc/unexpected', 'The engine could not answer; the log has the cause. Try again.');
  }
}
