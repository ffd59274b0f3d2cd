import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { flushIdentity, setAsideBrokenIdentity } from './own-identity.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-identity-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const KEY = privateKey.export({ type: 'pkcs8', format: 'pem' });

describe('our own OPC UA key and certificate', () => {
  let folder = '';
  let keyPath = '';
  let certificatePath = '';
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'pki-'));
    keyPath = join(folder, 'own', 'private', 'private_key.pem');
    certificatePath = join(folder, 'own', 'certs', 'client_certificate.pem');
    mkdirSync(join(folder, 'own', 'private'), { recursive: true });
    mkdirSync(join(folder, 'own', 'certs'), { recursive: true });
  });

  it('are left alone where there are none yet, and where the key is whole', async () => {
    expect(await setAsideBrokenIdentity(join(folder, 'nowhere'))).toEqual([]);
    writeFileSync(keyPath, KEY);
    expect(await setAsideBrokenIdentity(folder)).toEqual([]);
    expect(existsSync(keyPath)).toBe(true);
  });

  it('are set aside when a power cut left the key empty, the certificate with it', async () => {
    writeFileSync(keyPath, '');
    writeFileSync(certificatePath, '');
    expect(await setAsideBrokenIdentity(folder)).toEqual([keyPath, certificatePath]);
    expect(existsSync(keyPath)).toBe(false);
    expect(existsSync(`${keyPath}.unusable`)).toBe(true);
  });

  it('are set aside one by one when only the certificate is cut', async () => {
    writeFileSync(keyPath, KEY);
    writeFileSync(certificatePath, '-----BEGIN CERTIFICATE-----\nMIIC');
    expect(await setAsideBrokenIdentity(folder)).toEqual([certificatePath]);
  });

  it('are flushed where they are there', async () => {
    writeFileSync(keyPath, KEY);
    writeFileSync(certificatePath, 'any');
    await flushIdentity(folder);
    rmSync(certificatePath);
    await expect(flushIdentity(folder)).rejects.toThrow(/ENOENT/);
  });
});
