import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface TestAuthority {
  readonly ca: string;
  /** @param altNames e.g. `['IP:127.0.0.1', 'DNS:localhost']`. */
  issueServer(altNames?: readonly string[], validity?: Validity): TestCertificate;
  issueClient(commonName: string): TestCertificate;
  /** Removes the files; the PEM texts stay usable. */
  dispose(): void;
}

/** Dates of a certificate in the form `YYYYMMDDHHMMSSZ`. */
interface Validity {
  readonly from: string;
  readonly to: string;
}

const LOCAL_NAMES = ['IP:127.0.0.1', 'DNS:localhost'] as const;

/** A certificate authority for one test, made with the `openssl` program in a folder of its own. */
export function createTestAuthority(commonName = 'Lineside test authority'): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-certificates-'));
  const openssl = (args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  let issuedCount = 0;

  write('ca.conf', [
    '[ca]\ndefault_ca=own',
    '[own]\ncertificate=ca.pem\nprivate_key=ca.key\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes',
    'default_md=sha256\ndefault_days=30\nunique_subject=no\npolicy=any\n[any]\ncommonName=supplied',
  ]);
  write('index.txt', []);
  openssl([
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    `/CN=${commonName}`,
  ]);

  const issue = (subject: string, extensions: readonly string[], validity?: Validity): TestCertificate => {
    issuedCount += 1;
    const name = `leaf-${issuedCount}`;
    write(`${name}.ext`, ['basicConstraints=CA:FALSE', ...extensions]);
    openssl(['req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`]);
    const dates = validity ? ['-startdate', validity.from, '-enddate', validity.to] : [];
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`];
    openssl(['ca', '-batch', '-notext', '-config', 'ca.conf', ...files, ...dates]);
    return { cert: read(`${name}.pem`), key: read(`${name}.key`) };
  };
  return {
    ca: read('ca.pem'),
    issueServer: (altNames = LOCAL_NAMES, validity) =>
      issue('server', ['extendedKeyUsage=serverAuth', `subjectAltName=${altNames.join(',')}`], validity),
    issueClient: (subject) => issue(subject, ['extendedKeyUsage=clientAuth']),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
