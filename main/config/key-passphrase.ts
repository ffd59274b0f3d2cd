/**
 * Where the passphrase of an encrypted private key comes from. Encryption at rest protects a key in a backup, on a disk
 * that was sold or a laptop that was lost. It protects against nobody who can read as the user of the gateway while it
 * runs: the passphrase must be there too, or the gateway could not start unattended.
 */
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, EngineError } from '../platform/engine-error.ts';

/** Name of the credential of systemd: `LoadCredentialEncrypted=lineside-key-passphrase:FILE`. */
const CREDENTIAL = 'lineside-key-passphrase';

/** Gives the passphrase that this program keeps for its own keys, undefined where it keeps none. */
export type KeptPassphrase = () => Promise<string | undefined>;

let kept: KeptPassphrase | undefined;

/** The workbench keeps one in the store of the operating system. Of the whole process, as a credential of systemd is. */
export function keepPassphraseOfProcess(read: KeptPassphrase): void {
  kept = read;
}

/**
 * The passphrase of this service or workbench: of systemd, else of the store of the operating system.
 * @throws EngineError `config/credential-unreadable` when systemd named a folder whose credential cannot be read.
 */
export async function findProcessPassphrase(environment = process.env): Promise<string | undefined> {
  const folder = environment['CREDENTIALS_DIRECTORY'];
  if (folder !== undefined && folder !== '') {
    const file = join(folder, CREDENTIAL);
    try {
      return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'ENOENT') {
        const text = `the credential ${file} cannot be read (${describeError(cause)}); check LoadCredential= of the unit`;
        throw new EngineError('config/credential-unreadable', text, { file }, { cause });
      }
    }
  }
  return kept?.();
}

export const isEncryptedKey = (pem: string): boolean => /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem);

/**
 * A key as TLS and OPC UA take it: decrypted in memory only.
 * @throws EngineError `config/key-passphrase` when there is no passphrase or it is not the right one.
 */
export function openKey(pem: string, file: string, passphrase: string | undefined): string {
  if (!isEncryptedKey(pem)) return pem;
  if (passphrase === undefined || passphrase === '') {
    const text =
      `the private key ${file} is encrypted and there is no passphrase for it; name tls.keyPassphraseFile in the site file ` +
      `(chmod 600), or give the service the credential ${CREDENTIAL} (systemd: LoadCredential=)`;
    throw new EngineError('config/key-passphrase', text, { file });
  }
  try {
    const key = createPrivateKey({ key: pem, format: 'pem', passphrase });
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch (cause) {
    const text = `the private key ${file} does not open with its passphrase; correct the passphrase, or install the key anew`;
    throw new EngineError('config/key-passphrase', text, { file }, { cause });
  }
}
