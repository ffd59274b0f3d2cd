/**
 * Our own key and certificate for OPC UA. The library writes them without a flush, so a power cut soon after the
 * first start left an empty key, with which no connection ever came about again (seen on ext4).
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ownCertificatePath } from './opcua-failure.ts';

/** Path of the key of our own certificate inside the trust folder. */
export const ownKeyPath = (trustFolder: string): string => join(trustFolder, 'own', 'private', 'private_key.pem');

/**
 * Renames what is there and cannot be used, so that the library makes it anew; the paths that were renamed. The
 * certificate goes with its key. Only for the one gateway that holds the data folder, before its first connection.
 */
export async function setAsideBrokenIdentity(trustFolder: string): Promise<readonly string[]> {
  const keyPath = ownKeyPath(trustFolder);
  const certificatePath = ownCertificatePath(trustFolder);
  const key = await readAs(keyPath, (text) => (isEncrypted(text) ? 'encrypted' : createPrivateKey(text)));
  const certificate = await readAs(certificatePath, (text) => new X509Certificate(text));
  const broken: string[] = [];
  if (key === 'broken') broken.push(keyPath);
  if (certificate !== undefined && (certificate === 'broken' || !isOf(certificate, key))) broken.push(certificatePath);
  for (const path of broken) await rename(path, `${path}.unusable`);
  return broken;
}

/** Makes sure that a power cut leaves key and certificate. What cannot be flushed is left to the next connection. */
export async function flushIdentity(trustFolder: string): Promise<void> {
  for (const path of [ownKeyPath(trustFolder), ownCertificatePath(trustFolder)]) {
    await flush(path);
    await flush(dirname(path));
  }
}

/** Undefined when there is no file. */
async function readAs<T>(path: string, parse: (text: string) => T): Promise<T | 'broken' | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch {
    // Empty or cut: exactly what is looked for here.
    return 'broken';
  }
}

/** Whole as far as can be told without its passphrase. */
const isEncrypted = (text: string): boolean => /BEGIN ENCRYPTED[\s\S]+END ENCRYPTED/.test(text);

function isOf(certificate: X509Certificate, key: KeyObject | 'encrypted' | 'broken' | undefined): boolean {
  if (key === 'encrypted') return true;
  return key !== undefined && key !== 'broken' && certificate.checkPrivateKey(key);
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
