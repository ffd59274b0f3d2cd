import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProcessPassphrase, openKey } from './key-passphrase.ts';
import { SecretReader } from './read-secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'lineside-passphrase-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const plain = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const encrypted = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
  .toString();
const write = (name: string, text: string, mode = 0o600): string => {
  writeFileSync(join(folder, name), text, { mode });
  return name;
};
const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('a private key that is encrypted at rest', () => {
  const secrets = new SecretReader(join(folder, 'site.yaml'));
  const files = { ca: write('ca.pem', 'ca'), cert: write('line.pem', 'cert'), key: write('line.key', encrypted) };

  it('is opened with the passphrase of the file that the site names', async () => {
    const keyPassphraseFile = write('passphrase', 'open sesame\n');
    const tls = await secrets.readTls({ ...files, keyPassphraseFile }, 'the broker');
    expect(createPrivateKey(tls?.key ?? '').equals(privateKey)).toBe(true);
    const identity = { type: 'certificate', cert: files.cert, key: files.key, keyPassphraseFile } as const;
    const login = await secrets.readIdentity(identity, 'server plc1');
    expect(login.type === 'certificate' && login.privateKeyPem).toBe(tls?.key);
  });

  it('is not opened with a passphrase that others may read', async () => {
    const keyPassphraseFile = write('open', 'open sesame', 0o644);
    const read = secrets.readTls({ ...files, keyPassphraseFile }, 'the broker');
    await expect(read).rejects.toMatchObject({ code: 'config/secret-open-to-others' });
  });

  it('is opened with the credential of systemd', async () => {
    write('lineside-key-passphrase', 'open sesame\n');
    const passphrase = await findProcessPassphrase({ CREDENTIALS_DIRECTORY: folder });
    expect(passphrase).toBe('open sesame');
    expect(await findProcessPassphrase({ CREDENTIALS_DIRECTORY: join(folder, 'none') })).toBeUndefined();
  });

  it('says what is missing and never shows the key', () => {
    expect(code(() => openKey(encrypted, 'line.key', undefined))).toBe('config/key-passphrase');
    expect(code(() => openKey(encrypted, 'line.key', 'wrong'))).toBe('config/key-passphrase');
    expect(openKey(plain, 'line.key', undefined)).toBe(plain);
  });
});
