import { resolve } from 'node:path';
import { REVOKE_REASONS } from '../certificates/authority-index.ts';
import { installCertificate } from '../certificates/install-certificate.ts';
import { revokeCertificates } from '../certificates/issue-certificate.ts';
import { readNamed } from '../certificates/owned-files.ts';
import { parseKeyPem } from '../certificates/private-key.ts';
import { renewCertificate } from '../certificates/renew-certificate.ts';
import { authorityFiles, openAuthority } from '../certificates/site-authority.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { needed, PASSPHRASE_OPTIONS, readPassphrase } from './certs-options.ts';
import { describeFacts } from './describe-certificate.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';
import { chooseLink, toInstallTarget } from './site-links.ts';

type Print = (text: string) => void;

const LINK_OPTIONS = { broker: { type: 'string' }, historian: { type: 'boolean' } } as const;
const AFTERWARDS = [
  'A running gateway reads these files at its next connection: no restart, and values are kept meanwhile.',
  'What was there is kept beside as .previous.',
];

const INSTALL =
  'lineside certs install --config SITE --cert FILE [--key FILE] [--ca FILE] [--broker N | --historian] [--passphrase-file FILE] [--json]';

/** `lineside certs install`: puts a certificate where the site file says. */
export async function runCertsInstall(words: readonly string[], print: Print): Promise<number> {
  const options = { config: { type: 'string' }, cert: { type: 'string' }, key: { type: 'string' } } as const;
  const more = { ca: { type: 'string' }, json: { type: 'boolean' }, ...LINK_OPTIONS, ...PASSPHRASE_OPTIONS } as const;
  const values = readArguments(words, { ...options, ...more }, INSTALL);
  const siteFile = needed(values.config, 'config', INSTALL);
  const certificatePem = await readNamed(needed(values.cert, 'cert', INSTALL), 'certificate');
  const { key: keyFile, ca } = values;
  const passphrase = await readPassphrase(values);
  const key = keyFile === undefined ? undefined : parseKeyPem(await readNamed(keyFile, 'key'), keyFile, passphrase);
  const authorityPem = ca === undefined ? undefined : await readNamed(ca, 'authority');
  const link = chooseLink(await readSiteFile(siteFile), values);
  const target = toInstallTarget(siteFile, link);
  const written = await installCertificate(target, { certificatePem, key, authorityPem }, systemClock.nowMs());
  if (values.json) print(JSON.stringify({ link: link.name, written }));
  else {
    const next = `next: \`lineside certs doctor --config ${siteFile}\``;
    print([`installed for ${link.name}`, ...written.map((file) => `  ${file}`), ...AFTERWARDS, next].join('\n'));
  }
  return EXIT.ok;
}

const RENEW =
  'lineside certs renew --dir DIR --config SITE [--broker N | --historian] [--same-key] [--days 365] [--passphrase-file FILE] [--json]';

/** `lineside certs renew`: a new certificate (and key) of the same name and purpose, installed over the old one. */
export async function runCertsRenew(words: readonly string[], print: Print): Promise<number> {
  const options = { dir: { type: 'string' }, config: { type: 'string' }, 'same-key': { type: 'boolean' } } as const;
  const more = { days: { type: 'string' }, json: { type: 'boolean' }, ...LINK_OPTIONS, ...PASSPHRASE_OPTIONS } as const;
  const values = readArguments(words, { ...options, ...more }, RENEW);
  const siteFile = needed(values.config, 'config', RENEW);
  const folder = needed(values.dir, 'dir', RENEW);
  const link = chooseLink(await readSiteFile(siteFile), values);
  const target = toInstallTarget(siteFile, link);
  const authority = await openAuthority(folder, await readPassphrase(values));
  const nowMs = systemClock.nowMs();
  const days = readCount(values.days, 'days', 1) ?? 365;
  const request = { days, keepsKey: values['same-key'] ?? false };
  const { facts, replaced, written } = await renewCertificate(authority, target, request, nowMs);
  if (values.json) print(JSON.stringify({ link: link.name, ...facts, replacedSerial: replaced.serial, written }));
  else {
    print(
      [
        `renewed ${facts.subject} for ${link.name}`,
        ...describeFacts(facts, nowMs).map((line) => `  ${line}`),
        ...written.map((file) => `  ${file}`),
        ...AFTERWARDS,
        `The old one still counts until ${new Date(replaced.validToMs).toISOString().slice(0, 10)}. Once the gateway has connected with the new one:`,
        `next: \`lineside certs revoke --dir ${folder} --serial ${replaced.serial} --reason superseded\``,
      ].join('\n'),
    );
  }
  return EXIT.ok;
}

const REVOKE =
  'lineside certs revoke --dir DIR (--serial HEX | --name COMMON-NAME) [--reason unspecified|keyCompromise|superseded|cessationOfOperation] [--passphrase-file FILE] [--json]';

/** `lineside certs revoke`: from now on the list of revoked certificates names it. */
export async function runCertsRevoke(words: readonly string[], print: Print): Promise<number> {
  const options = { dir: { type: 'string' }, serial: { type: 'string' }, name: { type: 'string' } } as const;
  const more = { reason: { type: 'string' }, json: { type: 'boolean' }, ...PASSPHRASE_OPTIONS } as const;
  const values = readArguments(words, { ...options, ...more }, REVOKE);
  const folder = needed(values.dir, 'dir', REVOKE);
  const { serial, name } = values;
  const which = serial !== undefined ? { serial } : name !== undefined ? { commonName: name } : undefined;
  if (which === undefined || (serial !== undefined && name !== undefined)) {
    throw new EngineError('cli/usage', `say which: --serial or --name, not both\nusage: ${REVOKE}`);
  }
  const reason = REVOKE_REASONS.find((known) => known === (values.reason ?? 'unspecified'));
  if (reason === undefined) {
    throw new EngineError('cli/usage', `--reason must be one of ${REVOKE_REASONS.join(', ')}\nusage: ${REVOKE}`);
  }
  const authority = await openAuthority(folder, await readPassphrase(values));
  const revoked = await revokeCertificates(authority, which, reason, systemClock.nowMs());
  const { crl } = authorityFiles(folder);
  if (values.json) print(JSON.stringify({ revoked, crl: resolve(crl) }));
  else {
    print(
      [
        ...revoked.map((entry) => `revoked ${entry.commonName}, serial ${entry.serial} (${reason})`),
        `  ${crl}  is the list of all that is revoked`,
        'next: give this file to the broker and restart it (mosquitto: crlfile). Until then it admits the certificate.',
      ].join('\n'),
    );
  }
  return EXIT.ok;
}
