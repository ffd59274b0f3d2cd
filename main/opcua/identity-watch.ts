/**
 * Our own certificate on disk may be another one while a session stands: it was renewed. The connection is then made anew
 * with it, and goes on with the session of before or with its subscriptions, so that no value is lost.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { ownCertificatePath } from './opcua-failure.ts';
import type { OpcuaSourceOptions } from './opcua-source-options.ts';
import { ownKeyPath } from './own-identity.ts';

const LOOK_EVERY_MS = 2_000;

/** Texts of certificate and key; empty where there is no file. */
export interface IdentityTexts {
  readonly certificate: string;
  readonly key: string;
}

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

export async function readIdentity(trustFolder: string): Promise<IdentityTexts> {
  const [certificate, key] = await Promise.all([
    readText(ownCertificatePath(trustFolder)),
    readText(ownKeyPath(trustFolder)),
  ]);
  return { certificate, key };
}

/** Two files are never replaced in one moment: half of an installation is not used. */
function belongTogether({ certificate, key }: IdentityTexts): boolean {
  try {
    // An encrypted one cannot be looked into here; the connect attempt will tell.
    return key.includes('ENCRYPTED') || new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/**
 * Resolves when the session is `lost`, or when certificate and key on disk are others than `used`, with which its
 * connection came about, and belong together. A channel without security uses none.
 */
export function identityRenewed(
  { trustFolder, securityMode, clock, log }: OpcuaSourceOptions,
  used: IdentityTexts,
  lost: Promise<EngineError>,
  signal: AbortSignal,
): Promise<EngineError> {
  if (securityMode === 'None' || used.certificate === '') return lost;
  void dropPrevious(trustFolder, used).catch((error: unknown) =>
    log.warn('the certificate before the last one cannot be removed', { reason: describeError(error) }),
  );
  return new Promise((resolve) => {
    const end = clock.every(LOOK_EVERY_MS, () => void look());
    const tell = (reason: EngineError): void => {
      end();
      resolve(reason);
    };
    const look = async (): Promise<void> => {
      const present = await readIdentity(trustFolder);
      if (present.certificate === used.certificate || !belongTogether(present)) return;
      const text = 'Our own OPC UA certificate was renewed: the connection is made anew with it. Next: nothing to do.';
      tell(new EngineError('opcua/identity-renewed', text));
    };
    void lost.then(tell);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** What `.previous` kept is of no more use once a connection with the present files came about. */
async function dropPrevious(trustFolder: string, used: IdentityTexts): Promise<void> {
  const present = await readIdentity(trustFolder);
  if (present.certificate !== used.certificate || present.key !== used.key) return;
  for (const path of [ownCertificatePath(trustFolder), ownKeyPath(trustFolder)]) {
    await rm(`${path}.previous`, { force: true });
  }
}
