import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { OpcuaIdentity, TlsFiles } from '../../shared/config/connections.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { findProcessPassphrase, isEncryptedKey, openKey } from './key-passphrase.ts';

/** PEM texts of a TLS link; the files are read when the link is composed, never logged. */
export interface TlsTexts {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

export type ResolvedIdentity =
  | { readonly type: 'anonymous' }
  | { readonly type: 'user-name'; readonly userName: string; readonly password: string }
  | { readonly type: 'certificate'; readonly certificatePem: string; readonly privateKeyPem: string };

/** Reads the files a site file names; relative paths start at the site file's folder. */
export class SecretReader {
  readonly #folder: string;

  constructor(siteFile: string) {
    this.#folder = dirname(resolve(siteFile));
  }

  /** @throws EngineError `config/file-missing` with the path and what it is for. */
  async read(path: string, purpose: string): Promise<string> {
    const file = resolve(this.#folder, path);
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      throw new EngineError(
        'config/file-missing',
        `the ${purpose} ${file} cannot be read: ${describeError(cause)}. Put the file there or correct the path.`,
        { file, purpose },
        { cause },
      );
    }
  }

  /**
   * Reads a password or key that only its owner may read.
   * @throws EngineError `config/secret-open-to-others` when group or others can read it (POSIX only).
   */
  async readSecret(path: string, purpose: string): Promise<string> {
    const text = await this.read(path, purpose);
    const file = resolve(this.#folder, path);
    if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) {
      throw new EngineError(
        'config/secret-open-to-others',
        `the ${purpose} ${file} can be read by others. Run: chmod 600 ${file}`,
        { file, purpose },
      );
    }
    return text;
  }

  async readPassword(path: string | undefined, purpose: string): Promise<string | undefined> {
    return path === undefined ? undefined : (await this.readSecret(path, purpose)).replace(/\r?\n$/, '');
  }

  /**
   * A private key, decrypted where it is encrypted at rest.
   * @throws EngineError as `readSecret`, and `config/key-passphrase`.
   */
  async readKey(path: string, passphraseFile: string | undefined, purpose: string): Promise<string> {
    const pem = await this.readSecret(path, purpose);
    if (!isEncryptedKey(pem)) return pem;
    const file = resolve(this.#folder, path);
    return openKey(pem, file, await this.readKeyPassphrase(passphraseFile));
  }

  /** The passphrase under which keys of this link are kept; undefined where they are kept as they are. */
  async readKeyPassphrase(passphraseFile: string | undefined): Promise<string | undefined> {
    return passphraseFile === undefined
      ? findProcessPassphrase()
      : this.readPassword(passphraseFile, 'passphrase of the private key');
  }

  async readTls(files: TlsFiles | undefined, purpose: string): Promise<TlsTexts | undefined> {
    if (files === undefined) return undefined;
    const ca = await this.read(files.ca, `certificate authority of ${purpose}`);
    if (files.cert === undefined || files.key === undefined) return { ca };
    return {
      ca,
      cert: await this.read(files.cert, `client certificate for ${purpose}`),
      key: await this.readKey(files.key, files.keyPassphraseFile, `private key for ${purpose}`),
    };
  }

  async readIdentity(identity: OpcuaIdentity, purpose: string): Promise<ResolvedIdentity> {
    switch (identity.type) {
      case 'anonymous':
        return { type: 'anonymous' };
      case 'user-name':
        return {
          type: 'user-name',
          userName: identity.userName,
          password: (await this.readPassword(identity.passwordFile, `password for ${purpose}`)) ?? '',
        };
      case 'certificate':
        return {
          type: 'certificate',
          certificatePem: await this.read(identity.cert, `user certificate for ${purpose}`),
          privateKeyPem: await this.readKey(identity.key, identity.keyPassphraseFile, `user key for ${purpose}`),
        };
    }
  }
}
