import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CertificateFacts } from './certificate-facts.ts';
import { createRequest, readRequest } from './certificate-request.ts';
import { issueCertificate, revokeCertificates } from './issue-certificate.ts';
import { generateKey, type KeyKind, parseKeyPem, toKeyPem } from './private-key.ts';
import type { AltNames, Purpose } from './purposes.ts';
import { initAuthority, openAuthority, type OpenedAuthority } from './site-authority.ts';

const DAY_MS = 86_400_000;
const none: AltNames = { dns: [], ip: [], uri: [] };
const nowMs = Date.now();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-authority-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);
async function make(keyKind: KeyKind = 'ec-p256', passphrase?: string): Promise<OpenedAuthority> {
  await initAuthority({ folder, name: 'Site CA', keyKind, years: 10, passphrase }, nowMs);
  return openAuthority(folder, passphrase);
}
interface Asked {
  readonly name?: string;
  readonly purpose?: Purpose;
  readonly names?: Partial<AltNames>;
  readonly key?: KeyObject;
  readonly days?: number;
}
async function issue(authority: OpenedAuthority, asked: Asked = {}): Promise<CertificateFacts> {
  const key = asked.key ?? (await generateKey('ec-p256'));
  const facts = await issueCertificate(
    authority,
    {
      commonName: asked.name ?? 'plant/line',
      names: { ...none, ...asked.names },
      publicKey: createPublicKey(key),
      purpose: asked.purpose ?? 'edge-node',
      days: asked.days ?? 365,
    },
    nowMs,
  );
  writeFileSync(path('leaf.pem'), facts.pem);
  return facts;
}
/** The answer of an independent program. */
function verify(...args: string[]): string {
  const { stdout, stderr } = spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', path('ca.pem'), ...args], {
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`;
}
const code = (error: unknown): unknown => (error as { code?: unknown }).code;

describe.each(['ec-p256', 'rsa-3072'] as const)('an authority with a key of %s', (kind) => {
  it('signs what openssl and Node verify, for the purpose it was asked for and no other', async () => {
    const authority = await make(kind);
    await issue(authority, { purpose: 'broker', names: { dns: ['broker.plant'], ip: ['10.0.0.5'] } });
    expect(verify('-purpose', 'sslserver', '-verify_hostname', 'broker.plant', path('leaf.pem'))).toMatch(/: OK/);
    expect(verify('-purpose', 'sslserver', '-verify_ip', '10.0.0.5', path('leaf.pem'))).toMatch(/: OK/);
    expect(verify('-verify_hostname', 'other.plant', path('leaf.pem'))).toMatch(/hostname mismatch/i);
    expect(verify('-purpose', 'sslclient', path('leaf.pem'))).toMatch(/unsuitable certificate purpose/i);
    await issue(authority);
    expect(verify('-purpose', 'sslclient', path('leaf.pem'))).toMatch(/: OK/);
    expect(verify('-purpose', 'sslserver', path('leaf.pem'))).toMatch(/unsuitable certificate purpose/i);
    const leaf = new X509Certificate(readFileSync(path('leaf.pem')));
    expect(leaf.verify(authority.certificate.publicKey)).toBe(true);
    expect(leaf.checkIssued(authority.certificate)).toBe(true);
  });
});

describe('an authority of the site', () => {
  it('keeps its key to its owner, lasts ten years and signs no further authority', async () => {
    const { certificate } = await make();
    expect(statSync(path('ca.key')).mode & 0o777).toBe(0o600);
    expect(statSync(path('issued')).mode & 0o777).toBe(0o700);
    expect((Date.parse(certificate.validTo) - nowMs) / DAY_MS).toBeCloseTo(3652.5, 0);
    const text = execFileSync('openssl', ['x509', '-in', path('ca.pem'), '-noout', '-text'], { encoding: 'utf8' });
    expect(text).toMatch(/CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
    expect(certificate.serialNumber).toHaveLength(32);
  });

  it('is never written over', async () => {
    await make();
    const before = readFileSync(path('ca.key'), 'utf8');
    expect(code(await make().catch((error: unknown) => error))).toBe('certificates/exists');
    expect(readFileSync(path('ca.key'), 'utf8')).toBe(before);
  });

  it('opens with its passphrase only, and its key is not on disk in the clear', async () => {
    await make('ec-p256', 'correct horse');
    expect(readFileSync(path('ca.key'), 'utf8')).toMatch(/BEGIN ENCRYPTED PRIVATE KEY/);
    for (const wrong of [undefined, 'wrong']) {
      const error = await openAuthority(folder, wrong).catch((cause: unknown) => cause);
      expect(code(error)).toBe('certificates/passphrase');
      expect(String(error)).not.toContain('correct horse');
    }
  });

  it('gives an OPC UA application the usages and the URI that the standard demands, and an RSA key', async () => {
    const authority = await make();
    const names = { uri: ['urn:pc-7:lineside'] };
    const error = await issue(authority, { purpose: 'opcua', names }).catch((cause: unknown) => cause);
    expect(code(error)).toBe('certificates/weak-key');
    const facts = await issue(authority, { purpose: 'opcua', names, key: await generateKey('rsa-2048') });
    expect(facts.altNames).toEqual(['URI:urn:pc-7:lineside']);
    const demanded = ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment'];
    expect([...facts.keyUsages].sort()).toEqual(demanded.sort());
    expect(facts.extendedUsages).toEqual(['serverAuth', 'clientAuth']);
  });

  it.each(['line+', '#', 'a/b/c', '', 'x'.repeat(65), ' line', 'li\u202ene', 'li\nne'])(
    'does not sign the common name %j',
    async (name) => {
      const authority = await make();
      expect(code(await issue(authority, { name }).catch((error: unknown) => error))).toBe('certificates/name');
    },
  );

  it('refuses a server without an address, names that are none, weak keys and a leaf that outlives it', async () => {
    const authority = await make();
    const refusal = async (asked: Asked): Promise<unknown> =>
      code(await issue(authority, asked).catch((error: unknown) => error));
    expect(await refusal({ purpose: 'broker' })).toBe('certificates/alt-name');
    expect(await refusal({ purpose: 'broker', names: { dns: ['a b'] } })).toBe('certificates/alt-name');
    expect(await refusal({ purpose: 'broker', names: { ip: ['300.1.1.1'] } })).toBe('certificates/alt-name');
    expect(await refusal({ purpose: 'opcua' })).toBe('certificates/alt-name');
    const weak = execFileSync('openssl', ['genrsa', '1024'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(await refusal({ key: parseKeyPem(weak, 'weak') })).toBe('certificates/weak-key');
    expect(await refusal({ days: 4_000 })).toBe('certificates/outlives-authority');
  });

  it('revokes by serial and by name, in a list that openssl honours', async () => {
    const authority = await make();
    const crl = ['-crl_check', '-CRLfile', path('crl.pem')];
    const first = await issue(authority);
    expect(verify(...crl, path('leaf.pem'))).toMatch(/: OK/);
    await revokeCertificates(authority, { serial: first.serial.toUpperCase() }, 'keyCompromise', nowMs);
    expect(verify(...crl, path('leaf.pem'))).toMatch(/certificate revoked/);
    await issue(authority);
    expect(verify(...crl, path('leaf.pem'))).toMatch(/: OK/);
    const byName = await revokeCertificates(authority, { commonName: 'plant/line' }, 'superseded', nowMs);
    expect(byName).toHaveLength(1);
    expect(verify(...crl, path('leaf.pem'))).toMatch(/certificate revoked/);
    const text = execFileSync('openssl', ['crl', '-in', path('crl.pem'), '-noout', '-text'], { encoding: 'utf8' });
    expect(text).toMatch(/Key Compromise/);
    expect(text).toMatch(/CRL Number:\s+3/);
    const again = await revokeCertificates(authority, { serial: first.serial }, 'superseded', nowMs).catch(
      (error: unknown) => error,
    );
    expect(code(again)).toBe('certificates/unknown-certificate');
  });

  it('enters everything in its list, also what is issued at the same time, or refuses the second', async () => {
    const authority = await make();
    const ends = await Promise.allSettled([issue(authority, { name: 'one' }), issue(authority, { name: 'two' })]);
    const index = JSON.parse(readFileSync(path('index.json'), 'utf8')) as { issued: { commonName: string }[] };
    const done = ends.filter(({ status }) => status === 'fulfilled').length;
    expect(index.issued).toHaveLength(done);
    for (const end of ends) if (end.status === 'rejected') expect(code(end.reason)).toBe('certificates/authority-busy');
  });
});

describe('a certificate request', () => {
  it('carries name and addresses to the authority, checked by openssl', async () => {
    const key = await generateKey('rsa-2048');
    const names = { dns: ['broker.plant'], ip: ['10.0.0.5'], uri: ['urn:a:b'] };
    const pem = await createRequest('plant/line', names, key);
    writeFileSync(path('line.csr'), pem);
    const seen = spawnSync('openssl', ['req', '-in', path('line.csr'), '-noout', '-verify'], { encoding: 'utf8' });
    expect(seen.stderr + seen.stdout).toMatch(/verify OK/i);
    const read = await readRequest(pem, 'line.csr');
    expect(read).toMatchObject({ commonName: 'plant/line', names });
    expect(read.publicKey.equals(createPublicKey(key))).toBe(true);
  });

  it('is refused when it was changed after signing, or is none', async () => {
    const pem = await createRequest('plant/line', none, await generateKey('ec-p256'));
    const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    der.write('LINE', der.indexOf('line'));
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    for (const text of [forged, 'no request']) {
      const error = await readRequest(text, 'x.csr').catch((cause: unknown) => cause);
      expect(code(error)).toBe('certificates/bad-request');
    }
  });
});

describe('a private key', () => {
  it('is never part of a message about it', async () => {
    const pem = toKeyPem(await generateKey('ec-p256'));
    const broken = pem.slice(0, 120);
    try {
      parseKeyPem(broken, 'line.key');
      expect.unreachable();
    } catch (error) {
      expect(code(error)).toBe('certificates/no-key');
      expect(String(error)).not.toContain(broken.slice(40, 80));
    }
  });
});
