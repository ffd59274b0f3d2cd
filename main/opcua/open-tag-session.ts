import { openSession } from './open-session.ts';
import { checkPinnedEndpoint, pinEndpoint, readEndpoints } from './pinned-endpoint.ts';
import { closeTrust, openTrust } from './server-certificate.ts';
import { keepAliveCount, TagSession, type TagSessionOptions } from './tag-session.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * Connects, judges the certificate, logs in and watches all tags.
 *
 * @throws EngineError or an error of node-opcua; everything opened is closed again.
 */
export async function openTagSession(
  options: TagSessionOptions,
  isSlow: boolean,
  signal: AbortSignal,
): Promise<TagSession> {
  const trust = await openTrust(options.trustFolder);
  let close = (): Promise<void> => closeTrust(trust);
  try {
    const client = { ...options, trust, signal };
    const pinned = pinEndpoint(await readEndpoints(client), options);
    await checkPinnedEndpoint(pinned, trust, options);
    const { publishingIntervalMs } = options;
    const keepAliveMs = keepAliveCount(publishingIntervalMs) * publishingIntervalMs;
    const opened = await openSession(client, pinned, keepAliveMs);
    const session = new TagSession(options, {
      ...opened,
      close: async (isHung) => {
        await opened.close(isHung);
        await closeTrust(trust);
      },
    });
    close = () => session.close(signal.aborted);
    const lost = session.ended.then((reason) => {
      throw reason;
    });
    await untilAborted(Promise.race([session.watch(isSlow), lost]), signal);
    return session;
  } catch (cause) {
    await close();
    throw cause;
  }
}
