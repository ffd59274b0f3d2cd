import { createPublicKey } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type {
  AuthorityOrder,
  CertificateDeed,
  CertificateOverview,
  DoctorNews,
  DoctorOrder,
  InstallOrder,
  IssueOrder,
  LinkId,
  LinkOrder,
  RevokeOrder,
  TrustOrder,
} from '../shared/domain/certificate-desk.ts';
import type { EngineSnapshot } from '../shared/domain/engine-snapshot.ts';
import { parseCertificate } from './certificates/certificate-facts.ts';
import { createRequest } from './certificates/certificate-request.ts';
import { installCertificate, type InstallTarget } from './certificates/install-certificate.ts';
import { issueCertificate, revokeCertificates } from './certificates/issue-certificate.ts';
import { makePrivateFolder, readNamed, writePrivate, writePublic } from './certificates/owned-files.ts';
import { generateKey, parseKeyPem, toKeyPem } from './certificates/private-key.ts';
import { keyKindOf, type Purpose } from './certificates/purposes.ts';
import { renewCertificate } from './certificates/renew-certificate.ts';
import { authorityFiles, initAuthority, openAuthority } from './certificates/site-authority.ts';
import { writeDecision } from './certificates/trust-decisions.ts';
import { type SiteLink, toInstallTarget, toOpcuaTarget } from './commands/site-links.ts';
import { composeTrust, composeTrustList } from './compose-browse.ts';
import { readOverview } from './compose-certificate-overview.ts';
import { DoctorRuns } from './compose-doctor-runs.ts';
import { findProcessPassphrase } from './config/key-passphrase.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { SecretReader } from './config/read-secrets.ts';
import { systemClock } from './platform/clock.ts';
import { EngineError } from './platform/engine-error.ts';

interface DeskParts {
  readonly siteFile: string;
  readonly dataFolder: string;
  readonly readSnapshot: () => EngineSnapshot | null;
}

const DAYS = 365;
const NEXT_CONNECTION = 'It is used from the next connection on, without a restart; values are kept meanwhile.';
const toIso = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** What the window does with certificates: the same as `lineside certs`, with the authority in the data folder. */
export class CertificateDesk {
  readonly #parts: DeskParts;
  readonly #authority: string;
  readonly #doctor: DoctorRuns;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#authority = join(parts.dataFolder, 'authority');
    this.#doctor = new DoctorRuns(parts);
  }

  list(): Promise<CertificateOverview> {
    const { siteFile, dataFolder, readSnapshot } = this.#parts;
    return readOverview({ siteFile, dataFolder, authorityFolder: this.#authority, snapshot: readSnapshot() });
  }

  async initAuthority({ name, passphrase }: AuthorityOrder): Promise<CertificateDeed> {
    const folder = this.#authority;
    const request = { folder, name, keyKind: 'ec-p256', years: 10, passphrase: passphrase ?? undefined } as const;
    const facts = await initAuthority(request, systemClock.nowMs());
    const { certificate, key, crl } = authorityFiles(folder);
    const text = `Made the authority ${facts.subject}, valid until ${toIso(facts.validToMs)}.`;
    const nextStep = `Keep a copy of ${key} off this computer. Give ${certificate} to the broker.`;
    return { text, files: [certificate, key, crl], nextStep, requestPem: null };
  }

  async issue(order: IssueOrder): Promise<CertificateDeed> {
    const { purpose, commonName, dns, ip } = order;
    const authority = await openAuthority(this.#authority, order.passphrase ?? undefined);
    const key = await generateKey(keyKindOf(purpose));
    const names = { dns, ip, uri: [] };
    const request = { commonName, names, publicKey: createPublicKey(key), purpose, days: DAYS };
    const facts = await issueCertificate(authority, request, systemClock.nowMs());
    const folder = join(this.#authority, 'given', `${purpose}-${facts.serial.slice(0, 8)}`);
    await makePrivateFolder(folder);
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), ca: join(folder, 'ca.pem') };
    await writePublic(files.cert, facts.pem);
    await writePrivate(files.key, toKeyPem(key));
    await writePublic(files.ca, authority.certificate.toString());
    const text = `Issued ${facts.subject} for the ${purpose}, valid until ${toIso(facts.validToMs)}.`;
    const nextStep = `Carry the three files to the ${purpose} and delete the key here.`;
    return { text, files: Object.values(files), nextStep, requestPem: null };
  }

  async equip({ linkId, passphrase }: LinkOrder): Promise<CertificateDeed> {
    const authority = await openAuthority(this.#authority, passphrase ?? undefined);
    const { target, wish } = await this.#place(linkId);
    const key = await generateKey(keyKindOf(wish.purpose));
    const nowMs = systemClock.nowMs();
    const facts = await issueCertificate(authority, { ...wish, publicKey: createPublicKey(key), days: DAYS }, nowMs);
    await this.#makeFolders(target);
    // What we trust of the other side stays, where something is named there already.
    const isTrusting = await readNamed(target.ca, 'authority').then(
      () => true,
      () => false,
    );
    const authorityPem = isTrusting ? undefined : authority.certificate.toString();
    const files = await installCertificate(target, { certificatePem: facts.pem, key, authorityPem }, nowMs);
    const nextStep =
      linkId === 'opcua' ? `Each server must trust ${facts.issuer} or this certificate.` : NEXT_CONNECTION;
    return { text: `Issued and installed ${facts.subject}.`, files: [...files], nextStep, requestPem: null };
  }

  async request({ linkId }: LinkOrder): Promise<CertificateDeed> {
    const { wish, target } = await this.#place(linkId);
    const key = await generateKey(keyKindOf(wish.purpose));
    const requestPem = await createRequest(wish.commonName, wish.names, key);
    const file = this.#pendingKey(linkId);
    await makePrivateFolder(dirname(file));
    await writePrivate(file, toKeyPem(key, target.passphrase));
    await writePublic(file.replace(/key$/, 'csr'), requestPem);
    const text = `Made a key on this computer and a request for ${wish.commonName}.`;
    const nextStep = 'Have the request signed, then install the certificate here. The key stays.';
    return { text, files: [file.replace(/key$/, 'csr')], nextStep, requestPem };
  }

  async install({ linkId, certificatePem, authorityPem }: InstallOrder): Promise<CertificateDeed> {
    const { target } = await this.#place(linkId);
    await this.#makeFolders(target);
    if (certificatePem === null) {
      if (authorityPem === null) throw new EngineError('certificates/no-certificate', 'nothing was given to install');
      parseCertificate(authorityPem, 'the file');
      await writePublic(target.ca, authorityPem);
      return {
        text: 'This authority is trusted now.',
        files: [target.ca],
        nextStep: NEXT_CONNECTION,
        requestPem: null,
      };
    }
    const certificate = parseCertificate(certificatePem, 'the file');
    const pending = this.#pendingKey(linkId);
    const pem = await readNamed(pending, 'key of the request').catch(() => undefined);
    const waiting = pem === undefined ? undefined : parseKeyPem(pem, pending, target.passphrase);
    const key = waiting !== undefined && certificate.checkPrivateKey(waiting) ? waiting : undefined;
    const installation = { certificatePem, key, authorityPem: authorityPem ?? undefined };
    const files = await installCertificate(target, installation, systemClock.nowMs());
    if (key !== undefined) await rm(pending, { force: true });
    return { text: 'Installed.', files: [...files], nextStep: NEXT_CONNECTION, requestPem: null };
  }

  async renew({ linkId, passphrase }: LinkOrder): Promise<CertificateDeed> {
    const authority = await openAuthority(this.#authority, passphrase ?? undefined);
    const { target } = await this.#place(linkId);
    const request = { days: DAYS, keepsKey: false };
    const { facts, replaced, written } = await renewCertificate(authority, target, request, systemClock.nowMs());
    const text = `Renewed ${facts.subject} until ${toIso(facts.validToMs)}, with a new key.`;
    const nextStep = `${NEXT_CONNECTION} The old one (serial ${replaced.serial.slice(0, 8)}…) counts until ${toIso(replaced.validToMs)}; revoke it below once the new one has connected.`;
    return { text, files: [...written], nextStep, requestPem: null };
  }

  async revoke({ serial, reason, passphrase }: RevokeOrder): Promise<CertificateDeed> {
    const authority = await openAuthority(this.#authority, passphrase ?? undefined);
    const revoked = await revokeCertificates(authority, { serial }, reason, systemClock.nowMs());
    const { crl } = authorityFiles(this.#authority);
    const text = `Revoked ${revoked.map(({ commonName }) => commonName).join(', ')}.`;
    const nextStep = `Give ${crl} to the broker and restart it (mosquitto: crlfile). Until then it admits the certificate.`;
    return { text, files: [crl], nextStep, requestPem: null };
  }

  async judgeServer({ sha256, verdict, by }: TrustOrder): Promise<CertificateDeed> {
    const { dataFolder } = this.#parts;
    const listed = (await composeTrustList(dataFolder)).find((one) => one.sha256 === sha256);
    if (listed === undefined)
      throw new EngineError('certificates/unknown-certificate', 'this certificate is gone; look again');
    if (verdict === 'trust') await composeTrust(dataFolder, sha256);
    await writeDecision(dataFolder, { sha256, verdict, by, atMs: systemClock.nowMs() });
    const text = verdict === 'trust' ? `${listed.subject} is trusted now.` : `${listed.subject} stays refused.`;
    const nextStep = verdict === 'trust' ? 'The next connect attempt uses it, within seconds.' : null;
    return { text, files: [], nextStep, requestPem: null };
  }

  examine(order: DoctorOrder, onNews: (news: DoctorNews) => void): number {
    return this.#doctor.start(order, onNews);
  }

  cancel(runId: number): void {
    this.#doctor.cancel(runId);
  }

  #pendingKey(linkId: LinkId): string {
    return join(this.#parts.dataFolder, 'certificates', 'pending', `${linkId}.key`);
  }

  async #makeFolders(target: InstallTarget): Promise<void> {
    for (const file of [target.ca, target.cert, target.key]) await makePrivateFolder(dirname(file));
  }

  /** Where a link looks for its files, and what must stand in its certificate. */
  async #place(linkId: LinkId) {
    const { siteFile, dataFolder } = this.#parts;
    const site = await readSiteFile(siteFile);
    const none: readonly string[] = [];
    if (linkId === 'opcua') {
      const target = { ...toOpcuaTarget(dataFolder), passphrase: await findProcessPassphrase() };
      const names = { dns: none, ip: none, uri: [target.applicationUri ?? ''] };
      return { target, wish: { commonName: 'Lineside', names, purpose: 'opcua' as Purpose } };
    }
    const index = Number(linkId.split('-')[1]);
    const broker = linkId === 'historian' ? undefined : site.brokers[index];
    const link: SiteLink =
      broker === undefined
        ? { name: 'the historian', stage: 'historian', tls: site.historian?.tls }
        : { name: broker.url, stage: 'broker', tls: broker.tls };
    const passphrase = await new SecretReader(siteFile).readKeyPassphrase(link.tls?.keyPassphraseFile);
    const { groupId, edgeNodeId } = site.sparkplug;
    const commonName = broker === undefined ? 'lineside' : `${groupId}/${edgeNodeId}`;
    const names = { dns: none, ip: none, uri: none };
    const target: InstallTarget = { ...toInstallTarget(resolve(siteFile), link), passphrase };
    return { target, wish: { commonName, names, purpose: 'edge-node' as Purpose } };
  }
}
