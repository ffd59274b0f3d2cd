import { join } from 'node:path';
import { toExpiry } from '../../shared/domain/certificate-expiry.ts';
import { readIndex } from '../certificates/authority-index.ts';
import { findCertificates, type FoundCertificate, type NamedPlace } from '../certificates/find-certificates.ts';
import { authorityFiles } from '../certificates/site-authority.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { describeEnd, describeFacts, drawChain, toExpiryWord } from './describe-certificate.ts';
import { printable } from './printable.ts';
import { EXIT, readArguments } from './read-arguments.ts';
import { toOpcuaPlaces, toSitePlaces } from './site-links.ts';

const USAGE = 'lineside certs show [--dir DIR] [--config SITE] [--data DIR] [--file FILE-OR-FOLDER] [--json]';

/** `lineside certs show`: who, for what, by whom, until when. Exit code 1 when one ends within 7 days or is over. */
export async function runCertsShow(words: readonly string[], print: (text: string) => void): Promise<number> {
  const options = { dir: { type: 'string' }, config: { type: 'string' }, data: { type: 'string' } } as const;
  const more = { file: { type: 'string', multiple: true }, json: { type: 'boolean' } } as const;
  const values = readArguments(words, { ...options, ...more }, USAGE);
  const { dir, config, data, file = [] } = values;
  const places: NamedPlace[] = [
    ...(dir === undefined ? [] : toAuthorityPlaces(dir)),
    ...(config === undefined ? [] : toSitePlaces(config, await readSiteFile(config))),
    ...(data === undefined ? [] : toOpcuaPlaces(data, true)),
    ...file.map((path) => ({ path, role: 'named here' })),
  ];
  if (places.length === 0) {
    throw new EngineError('cli/usage', `say what to show: --dir, --config, --data or --file\nusage: ${USAGE}`);
  }
  const { found, faults } = await findCertificates(places);
  const revoked = new Map<string, number>();
  if (dir !== undefined) {
    for (const entry of (await readIndex(dir)).issued) if (entry.revoked) revoked.set(entry.sha256, entry.revoked.atMs);
  }
  const nowMs = systemClock.nowMs();
  const isRevoked = ({ facts }: FoundCertificate): boolean => revoked.has(facts.sha256);
  const isEnding = (one: FoundCertificate): boolean => !isRevoked(one) && toExpiryWord(one.facts, nowMs) === 'FAIL';
  if (values.json) {
    const certificates = found.map((one) => {
      const { facts } = one;
      const expiry = toExpiry(facts.validFromMs, facts.validToMs, nowMs);
      const revokedAtMs = revoked.get(facts.sha256) ?? null;
      return {
        ...facts,
        ...expiry,
        revokedAtMs,
        file: one.file,
        role: one.role,
        issuers: one.issuers,
        isChainWhole: one.isChainWhole,
      };
    });
    print(JSON.stringify({ certificates, faults }));
  } else {
    const blocks = found.map((one) => describe(one, revoked.get(one.facts.sha256), nowMs));
    const broken = faults.map((text) => `FAIL  ${printable(text)}`);
    print([...blocks, ...broken].join('\n\n') || 'there is no certificate there');
    if (found.length > 1) print(`\n${found.map((one) => describeLine(one, isRevoked(one), nowMs)).join('\n')}`);
  }
  return faults.length === 0 && !found.some(isEnding) ? EXIT.ok : EXIT.failed;
}

function describe(one: FoundCertificate, revokedAtMs: number | undefined, nowMs: number): string {
  const { facts, issuers, isChainWhole } = one;
  const rootFirst = [...issuers].reverse();
  const missing = isChainWhole ? [] : [`? ${issuers.length === 0 ? facts.issuer : 'its issuer'}: not found here`];
  const revoked = revokedAtMs === undefined ? [] : [`REVOKED  ${new Date(revokedAtMs).toISOString()}`];
  const lines = [...revoked, ...describeFacts(facts, nowMs)];
  return [
    printable(`${one.role}: ${one.file}`),
    ...drawChain([...missing, ...rootFirst, facts.subject]).map((line) => `  ${line}`),
    ...lines.map((line) => `      ${line}`),
  ].join('\n');
}

/** One line of the table at the end. */
function describeLine({ facts, role }: FoundCertificate, isRevoked: boolean, nowMs: number): string {
  const word = isRevoked ? 'GONE' : toExpiryWord(facts, nowMs);
  const end = isRevoked ? 'is revoked' : describeEnd(facts, nowMs);
  return printable(`${word}  ${(facts.commonName ?? facts.subject).padEnd(28)} ${end.padEnd(34)} ${role}`);
}

const toAuthorityPlaces = (folder: string): NamedPlace[] => [
  { path: authorityFiles(folder).certificate, role: 'the authority of this site' },
  { path: join(folder, 'issued'), role: 'issued by it' },
];
