import { access, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type {
  AuthorityView,
  CertificateLine,
  CertificateLink,
  CertificateOverview,
  LinkCertificate,
  ServerCertificate,
} from '../shared/domain/certificate-desk.ts';
import type { EngineSnapshot } from '../shared/domain/engine-snapshot.ts';
import { readIndex } from './certificates/authority-index.ts';
import { type CertificateFacts, parseCertificates, toFacts } from './certificates/certificate-facts.ts';
import { findIssuers } from './certificates/find-certificates.ts';
import { readRevocations } from './certificates/read-revocations.ts';
import { authorityFiles } from './certificates/site-authority.ts';
import { readDecisions } from './certificates/trust-decisions.ts';
import { ownApplicationUri, toOpcuaTarget } from './commands/site-links.ts';
import { composeTrustList } from './compose-browse.ts';
import { findProcessPassphrase, isEncryptedKey } from './config/key-passphrase.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { describeError } from './platform/engine-error.ts';

interface OverviewParts {
  readonly siteFile: string;
  readonly dataFolder: string;
  readonly authorityFolder: string;
  readonly snapshot: EngineSnapshot | null;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
const toLine = (facts: CertificateFacts, file: string): CertificateLine => ({
  subject: facts.subject,
  issuer: facts.issuer,
  commonName: facts.commonName,
  serial: facts.serial,
  key: facts.key,
  altNames: [...facts.altNames],
  validFromMs: facts.validFromMs,
  validToMs: facts.validToMs,
  sha1: facts.sha1,
  sha256: facts.sha256,
  file,
});

/** Everything the screen of certificates shows, read from disk now. */
export async function readOverview(parts: OverviewParts): Promise<CertificateOverview> {
  const { siteFile, dataFolder, authorityFolder, snapshot } = parts;
  const site = await readSiteFile(siteFile);
  const authority = await readAuthority(authorityFolder);
  const ours = new Set(authority === null ? [] : (await readIndex(authorityFolder)).issued.map(({ sha256 }) => sha256));
  const at = (path: string): string => resolve(dirname(resolve(siteFile)), path);
  const own = (cert: string, key: string, ca: string, wanted: Wanted | null) =>
    readOwn({ cert, key, ca, authorityFile: authorityFiles(authorityFolder).certificate, ours, wanted });
  const links: CertificateLink[] = [];
  const isPending = (linkId: string) => isThere(join(dataFolder, 'certificates', 'pending', `${linkId}.key`));
  const clientId = `${site.sparkplug.groupId}/${site.sparkplug.edgeNodeId}`;
  for (const [index, { url, tls }] of site.brokers.entries()) {
    const linkId = `broker-${index}`;
    const state =
      tls?.cert === undefined || tls.key === undefined
        ? unnamed(url)
        : await own(at(tls.cert), at(tls.key), at(tls.ca), { kind: 'client-id', value: clientId });
    const connection = snapshot?.broker.state;
    const isRefused = connection?.phase === 'away' && connection.code === 'mqtt/client-cert-refused';
    const isUp = connection?.phase === 'connected' && index === 0;
    const told = state.phase === 'there';
    links.push({
      linkId,
      use: 'mqtt',
      name: url,
      state,
      acceptedBy: told && isUp ? [url] : [],
      refusedBy: told && isRefused ? [url] : [],
      hasPendingRequest: await isPending(linkId),
    });
  }
  if (site.opcuaServers.length > 0) {
    const target = toOpcuaTarget(dataFolder);
    const secured = new Set(
      site.opcuaServers.filter(({ securityMode }) => securityMode !== 'None').map(({ id }) => id),
    );
    const servers = (snapshot?.servers ?? []).filter(({ serverId }) => secured.has(serverId));
    links.push({
      linkId: 'opcua',
      use: 'opcua',
      name: 'OPC UA servers',
      state: await own(target.cert, target.key, target.ca, { kind: 'application-uri', value: ownApplicationUri() }),
      acceptedBy: servers.filter(({ state }) => state.phase === 'connected').map(({ serverId }) => serverId),
      refusedBy: servers
        .filter(({ state }) => 'code' in state && state.code === 'opcua/client-cert-refused')
        .map(({ serverId }) => serverId),
      hasPendingRequest: await isPending('opcua'),
    });
  }
  const historian = site.historian?.tls;
  if (historian?.cert !== undefined && historian.key !== undefined) {
    const state = await own(at(historian.cert), at(historian.key), at(historian.ca), null);
    const hasPendingRequest = await isPending('historian');
    links.push({
      linkId: 'historian',
      use: 'historian',
      name: 'historian',
      state,
      acceptedBy: [],
      refusedBy: [],
      hasPendingRequest,
    });
  }
  const isKept = (await findProcessPassphrase()) !== undefined;
  const keyKeeping = isKept
    ? 'New keys are encrypted; their passphrase lies in the store of the operating system or a credential of systemd. That helps against copies and lost disks, not against who works as this user.'
    : 'New keys are readable by this user only (0600) and not encrypted: this computer has no store for a passphrase that would protect more.';
  return { authority, links, servers: await readServers(parts), keyKeeping };
}

interface Wanted {
  readonly kind: 'client-id' | 'application-uri';
  readonly value: string;
}

const unnamed = (url: string): LinkCertificate => ({
  phase: 'unnamed',
  text: url.startsWith('mqtts:')
    ? 'No client certificate is named for it.'
    : 'The way to this broker is not encrypted.',
  nextStep:
    'Write mqtts:// and tls.ca, tls.cert and tls.key for this broker in the site file; the files may be missing still.',
});

async function readAuthority(folder: string): Promise<AuthorityView | null> {
  const files = authorityFiles(folder);
  const pem = await readFile(files.certificate, 'utf8').catch(() => undefined);
  const [certificate] = pem === undefined ? [] : parseCertificates(Buffer.from(pem), files.certificate);
  if (pem === undefined || certificate === undefined) return null;
  const { issued } = await readIndex(folder);
  const crl = await readFile(files.crl).catch(() => undefined);
  const key = await readFile(files.key, 'utf8').catch(() => '');
  return {
    certificate: toLine(toFacts(certificate), files.certificate),
    pem,
    folder,
    isKeyEncrypted: isEncryptedKey(key),
    issued: issued.map(({ serial, commonName, purpose, validToMs, revoked }) => ({
      serial,
      commonName,
      purpose,
      validToMs,
      revokedAtMs: revoked?.atMs ?? null,
    })),
    revocationsEndMs: (crl && readRevocations(crl)?.nextUpdateMs) ?? null,
  };
}

async function readOwn(parts: {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly authorityFile: string;
  readonly ours: ReadonlySet<string>;
  readonly wanted: Wanted | null;
}): Promise<LinkCertificate> {
  try {
    const chain = parseCertificates(await readFile(parts.cert), parts.cert);
    const [leaf] = chain;
    if (leaf === undefined) throw new Error(`${parts.cert} is empty`);
    const others: { readonly one: (typeof chain)[number]; readonly file: string }[] = chain
      .slice(1)
      .map((one) => ({ one, file: parts.cert }));
    for (const file of [parts.ca, parts.authorityFile]) {
      const content = await readFile(file).catch(() => undefined);
      if (content) others.push(...parseCertificates(content, file).map((one) => ({ one, file })));
    }
    const facts = toFacts(leaf);
    const issuers = findIssuers(
      leaf,
      others.map(({ one }) => one),
    ).map((issuer) => toLine(toFacts(issuer), others.find(({ one }) => one === issuer)?.file ?? ''));
    return {
      phase: 'there',
      certificate: toLine(facts, parts.cert),
      issuers,
      isOurs: parts.ours.has(facts.sha256),
      fit: parts.wanted === null ? null : toFit(facts, parts.wanted),
      isKeyEncrypted: isEncryptedKey(await readFile(parts.key, 'utf8').catch(() => '')),
    };
  } catch (error) {
    const isAbsent = (error as { code?: unknown }).code === 'ENOENT';
    const text = isAbsent ? `${parts.cert} is not there yet.` : `${parts.cert}: ${describeError(error)}`;
    return { phase: 'missing', text, nextStep: 'Issue and install one here, or make a request for another authority.' };
  }
}

function toFit({ commonName, altNames }: CertificateFacts, { kind, value }: Wanted) {
  if (kind === 'client-id') {
    const isGood = commonName === value;
    return { isGood, text: isGood ? 'CN = client id' : `CN is not the client id ${value}` };
  }
  const isGood = altNames.includes(`URI:${value}`);
  return { isGood, text: isGood ? 'URI fits' : `made out to another application than ${value}` };
}

async function readServers({ dataFolder, snapshot }: OverviewParts): Promise<ServerCertificate[]> {
  const listed = await composeTrustList(dataFolder).catch(() => []);
  const decisions = await readDecisions(dataFolder);
  const read = async (one: (typeof listed)[number]) => {
    const [certificate] = parseCertificates(await readFile(one.file), one.file);
    return certificate === undefined ? undefined : toLine(toFacts(certificate), one.file);
  };
  const servers: ServerCertificate[] = [];
  for (const one of listed) {
    const certificate = await read(one);
    if (certificate === undefined) continue;
    const decision = decisions.get(one.sha256);
    const server = snapshot?.servers.find(({ state }) => 'text' in state && state.text.includes(one.sha1));
    const trusted = listed.find(
      (other) => other.state === 'trusted' && other !== one && other.applicationUri === one.applicationUri,
    );
    servers.push({
      state: one.state === 'trusted' ? 'trusted' : decision?.verdict === 'reject' ? 'rejected' : 'refused',
      serverId: server?.serverId ?? null,
      certificate,
      applicationUri: one.applicationUri ?? null,
      decided: decision === undefined ? null : { by: decision.by, atMs: decision.atMs },
      firstSeenMs: (await stat(one.file)).mtimeMs,
      follows: one.state === 'rejected' && trusted !== undefined ? ((await read(trusted)) ?? null) : null,
    });
  }
  return servers;
}
