import { AttributeIds, type ClientSession, DataValue } from 'node-opcua';
import type { MetricValue } from '../../shared/domain/metric.ts';
import { type Clock, within } from '../platform/clock.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import type { ResolvedTag } from './item-request.ts';
import { readNodeShape } from './node-shape.ts';
import { faultNameOf } from './opcua-services.ts';
import { describeStatus } from './to-sample.ts';
import { toVariant } from './to-variant.ts';

/** What became of a value that was to be written. */
export type WriteResult =
  /** `status`: what the server answered, by name. */
  | { readonly phase: 'written'; readonly status: string }
  /** The server said no, or did not answer in time: then nobody knows whether it took the value. */
  | { readonly phase: 'failed'; readonly status: string; readonly text: string }
  /** Never sent to the server. */
  | {
      readonly phase: 'refused';
      readonly reason: 'server-away' | 'too-many' | 'wrong-type' | 'out-of-range';
      readonly text: string;
    };

export const SERVER_AWAY: WriteResult = { phase: 'refused', reason: 'server-away', text: 'the OPC UA server is away' };
export const TOO_MANY: WriteResult = {
  phase: 'refused',
  reason: 'too-many',
  text: 'too many writes wait for this server',
};
/** The value was meant for the node, and in the datatype, that the tag had at the command. */
export const TAG_CHANGED: WriteResult = {
  phase: 'failed',
  status: 'BadNodeIdUnknown',
  text: 'the tag is gone, or is another one, since the command came; it was not sent',
};

/** From the first question to the answer; a server that hangs must not be told a command of long ago. */
const WRITE_LIMIT_MS = 5_000;
const NO_ANSWER = 'opcua/no-answer';

/**
 * Writes a value into the node of a tag, in the node's own data type (OPC 10000-4, 5.10.4). Without times: many
 * servers refuse to be told them. Never rejects.
 */
export async function writeTag(
  session: ClientSession,
  { tag, nodeId }: ResolvedTag,
  value: Exclude<MetricValue, null>,
  clock: Clock,
): Promise<WriteResult> {
  const endsAtMs = clock.monotonicMs() + WRITE_LIMIT_MS;
  const inTime = <T>(work: Promise<T>): Promise<T> =>
    within(clock, Math.max(0, endsAtMs - clock.monotonicMs()), work, tooSlow);
  try {
    const shape = await inTime(readNodeShape(session, nodeId, tag.datatype));
    if (shape === undefined) {
      return { phase: 'refused', reason: 'wrong-type', text: 'the server does not say of which type the node is' };
    }
    const outcome = toVariant(value, shape);
    if (!outcome.isFit) return { phase: 'refused', reason: outcome.reason, text: outcome.text };
    const node = { nodeId, attributeId: AttributeIds.Value, value: new DataValue({ value: outcome.variant }) };
    const statusCode = await inTime(session.write(node));
    const status = describeStatus(statusCode.value);
    return statusCode.isGoodish()
      ? { phase: 'written', status }
      : { phase: 'failed', status, text: 'the server did not take the value' };
  } catch (error) {
    const status = isEngineError(error, NO_ANSWER) ? 'BadTimeout' : (faultNameOf(error) ?? 'BadCommunicationError');
    return { phase: 'failed', status, text: describeError(error) };
  }
}

/** The value that the node now has. @throws an error of node-opcua, or EngineError `opcua/no-answer`. */
export async function readBack(session: ClientSession, { nodeId }: ResolvedTag, clock: Clock): Promise<DataValue> {
  return within(clock, WRITE_LIMIT_MS, session.read({ nodeId, attributeId: AttributeIds.Value }), tooSlow);
}

const tooSlow = (): Error =>
  new EngineError(NO_ANSWER, `the server has not answered within ${WRITE_LIMIT_MS / 1_000} s; look at its value`);
