import type { ClientSession } from 'node-opcua';
import { within } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { faultNameOf } from './opcua-services.ts';
import type { OpcuaSourceOptions } from './opcua-source-options.ts';
import { logIn, openChannel } from './open-session.ts';
import { checkPinnedEndpoint, pinEndpoint, readEndpoints } from './pinned-endpoint.ts';
import { closeTrust, openTrust } from './server-certificate.ts';
import { untilAborted } from './until-aborted.ts';

/** One connection to the pinned endpoint. A session may outlive it, and go on over the next. */
export interface SessionLink {
  /** Resolves when the connection breaks; never rejects. */
  readonly broken: Promise<EngineError>;
  logIn(): Promise<ClientSession>;
  /**
   * Carries a session of an earlier connection on over this one (ActivateSession, OPC 10000-4, 5.7.3).
   *
   * @returns false when the server no longer has it.
   * @throws an error of node-opcua when the server does not answer.
   */
  takeOver(session: ClientSession): Promise<boolean>;
  /** Whether the server can still be talked to over this connection. */
  answers(): Promise<boolean>;
  /** Leaves the session alive at the server. Never rejects. `isHung` = do not wait for the server. */
  close(isHung: boolean): Promise<void>;
}

/** The server shows a sign of life at least this often; three missed ones are silence. */
const KEEP_ALIVE_MS = 1_500;
const LEAST_KEEP_ALIVE_COUNT = 3;
const TAKE_OVER_LIMIT_MS = 5_000;
const ANSWER_LIMIT_MS = 2_000;

/** Publishing intervals between two signs of life. */
export const keepAliveCount = (publishingIntervalMs: number): number =>
  Math.max(LEAST_KEEP_ALIVE_COUNT, Math.ceil(KEEP_ALIVE_MS / publishingIntervalMs));

/**
 * Connects: the endpoint is asked for, pinned and its certificate judged anew each time.
 *
 * @throws EngineError or an error of node-opcua; everything opened is closed again.
 */
export async function openLink(options: OpcuaSourceOptions, signal: AbortSignal): Promise<SessionLink> {
  const { clock, publishingIntervalMs } = options;
  const trust = await openTrust(options.trustFolder, options.keyPassphrase);
  try {
    const access = { ...options, trust, signal };
    const pinned = pinEndpoint(await readEndpoints(access), options);
    await checkPinnedEndpoint(pinned, trust, options);
    const keepAliveMs = keepAliveCount(publishingIntervalMs) * publishingIntervalMs;
    const { client, close } = await openChannel(access, pinned, keepAliveMs, true);
    const broken = new Promise<EngineError>((resolve) => {
      const tell = (what: string) => () => resolve(toLoss(options, 'opcua/connection-lost', what));
      client.on('connection_lost', tell('The connection broke'));
      client.on('close', tell('The connection was closed'));
    });
    let isBroken = false;
    void broken.then(() => (isBroken = true));
    let closing: Promise<void> | undefined;
    return {
      broken,
      logIn: () => logIn(access, client),
      async takeOver(session) {
        const tooLong = (): Error => toLoss(options, 'opcua/unreachable', 'The session was not activated in time');
        try {
          const activated = within(clock, TAKE_OVER_LIMIT_MS, client.reactivateSession(session), tooLong);
          await untilAborted(activated, signal);
          return true;
        } catch (cause) {
          if (faultNameOf(cause) === undefined) throw cause;
          return false;
        }
      },
      async answers() {
        if (isBroken) return false;
        const asked = client.getEndpoints().then(() => true);
        return within(clock, ANSWER_LIMIT_MS, asked, () => new Error('no answer')).catch(() => false);
      },
      close(isHung) {
        closing ??= close(isHung).then(() => closeTrust(trust));
        return closing;
      },
    };
  } catch (cause) {
    await closeTrust(trust);
    throw cause;
  }
}

/** The end of a connection or a session, as people are told it. */
export function toLoss(
  { serverId, endpointUrl }: Pick<OpcuaSourceOptions, 'serverId' | 'endpointUrl'>,
  code: 'opcua/connection-lost' | 'opcua/session-closed' | 'opcua/silent' | 'opcua/unreachable',
  what: string,
): EngineError {
  return new EngineError(
    code,
    `${what}: OPC UA server ${serverId} (${endpointUrl}). Next: it is tried again by itself; ` +
      'if this repeats, check the server and the network.',
    { serverId, endpointUrl },
  );
}
