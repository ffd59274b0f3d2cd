import type { Clock } from '../platform/clock.ts';
import { toOpcuaFailure } from './opcua-failure.ts';
import type { OpcuaEndpointOptions } from './opcua-source-options.ts';
import { type OpenedSession, openSession } from './open-session.ts';
import { checkPinnedEndpoint, pinEndpoint, readEndpoints } from './pinned-endpoint.ts';
import { closeTrust, openTrust } from './server-certificate.ts';

/** Whoever reads the result may take a break this long between two requests. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Opens a session of its own for browsing, with the security and the trust list of the gateway.
 *
 * @throws EngineError `opcua/cert-untrusted`, `opcua/endpoint-not-offered`, `opcua/unreachable` and others; the
 * signal's reason on abort. Everything opened is closed again.
 */
export async function openBrowseSession(
  options: OpcuaEndpointOptions & { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<OpenedSession> {
  const trust = await openTrust(options.trustFolder, options.keyPassphrase);
  try {
    const client = { ...options, trust };
    const pinned = pinEndpoint(await readEndpoints(client), options);
    await checkPinnedEndpoint(pinned, trust, options);
    const opened = await openSession(client, pinned, KEEP_ALIVE_MS);
    return {
      ...opened,
      close: async (isHung) => {
        await opened.close(isHung);
        await closeTrust(trust);
      },
    };
  } catch (cause) {
    await closeTrust(trust);
    throw options.signal.aborted ? cause : toOpcuaFailure(cause, options);
  }
}
