import { openSession, type OpenedSession } from './open-session.ts';
import { checkPinnedEndpoint, pinEndpoint, readEndpoints } from './pinned-endpoint.ts';
import { openTrust } from './server-certificate.ts';
import { keepAliveCount, TagSession, type TagSessionOptions } from './tag-session.ts';

/**
 * Connects, judges the certificate, logs in and watches all tags.
 *
 * @throws EngineError or an error of node-opcua; everything opened is closed again.
 */
export async function openTagSession(options: TagSessionOptions, isSlow: boolean): Promise<TagSession> {
  const trust = await openTrust(options.trustFolder);
  let opened: OpenedSession | undefined;
  try {
    const client = { ...options, trust };
    const pinned = pinEndpoint(await readEndpoints(client), options);
    await checkPinnedEndpoint(pinned, trust, options);
    const { publishingIntervalMs } = options;
    opened = await openSession(client, pinned, keepAliveCount(publishingIntervalMs) * publishingIntervalMs);
    const session = new TagSession(options, opened);
    const lost = session.ended.then((reason) => {
      throw reason;
    });
    await Promise.race([session.watch(isSlow), lost]);
    return session;
  } catch (cause) {
    await opened?.close();
    throw cause;
  } finally {
    // The store is read for the judgement and for our own key only; both clients keep what they need.
    await trust.dispose();
  }
}
