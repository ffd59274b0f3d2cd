import { z } from 'zod';
import { ProbeStep } from './probe.ts';

/** A certificate as people compare it; never a key. */
export const CertificateLine = z.object({
  subject: z.string(),
  issuer: z.string(),
  commonName: z.string().nullable(),
  serial: z.string(),
  /** `EC P-256`, `RSA 2048`. */
  key: z.string(),
  altNames: z.array(z.string()),
  validFromMs: z.number(),
  validToMs: z.number(),
  sha1: z.string(),
  sha256: z.string(),
  file: z.string(),
});
export type CertificateLine = z.infer<typeof CertificateLine>;

/** `broker-0`, `opcua`, `historian`: a connection of this gateway that shows a certificate. */
export const LinkId = z.string().regex(/^(broker-\d{1,3}|opcua|historian)$/);
export type LinkId = z.infer<typeof LinkId>;

export const LinkCertificate = z.discriminatedUnion('phase', [
  /** The site file names no client certificate for it. */
  z.object({ phase: z.literal('unnamed'), text: z.string(), nextStep: z.string() }),
  /** Named, and not there or not readable. */
  z.object({ phase: z.literal('missing'), text: z.string(), nextStep: z.string() }),
  z.object({
    phase: z.literal('there'),
    certificate: CertificateLine,
    /** From its issuer up to the root, as far as they are on this computer. */
    issuers: z.array(CertificateLine),
    /** The authority on this computer has issued it, so that it can be renewed here. */
    isOurs: z.boolean(),
    /** CN = client id, or the application URI; null where nothing is compared. */
    fit: z.object({ isGood: z.boolean(), text: z.string() }).nullable(),
    isKeyEncrypted: z.boolean(),
  }),
]);
export type LinkCertificate = z.infer<typeof LinkCertificate>;

export const CertificateLink = z.object({
  linkId: LinkId,
  use: z.enum(['mqtt', 'opcua', 'historian']),
  name: z.string(),
  state: LinkCertificate,
  /** Who took it when it was last shown, and who refused it. */
  acceptedBy: z.array(z.string()),
  refusedBy: z.array(z.string()),
  /** A request was made and its key waits for the certificate. */
  hasPendingRequest: z.boolean(),
});
export type CertificateLink = z.infer<typeof CertificateLink>;

export const IssuedLine = z.object({
  serial: z.string(),
  commonName: z.string(),
  purpose: z.string(),
  validToMs: z.number(),
  revokedAtMs: z.number().nullable(),
});
export type IssuedLine = z.infer<typeof IssuedLine>;

export const AuthorityView = z.object({
  certificate: CertificateLine,
  pem: z.string(),
  folder: z.string(),
  isKeyEncrypted: z.boolean(),
  issued: z.array(IssuedLine),
  /** Null where its list of revoked certificates cannot be read. */
  revocationsEndMs: z.number().nullable(),
});
export type AuthorityView = z.infer<typeof AuthorityView>;

export const ServerCertificate = z.object({
  state: z.enum(['trusted', 'refused', 'rejected']).describe('rejected: a person looked at it and said no.'),
  /** Null where it is not known which server showed it. */
  serverId: z.string().nullable(),
  certificate: CertificateLine,
  applicationUri: z.string().nullable(),
  /** Null for one that was trusted before decisions were written down. */
  decided: z.object({ by: z.string(), atMs: z.number() }).nullable(),
  firstSeenMs: z.number(),
  /** The trusted one of the same application, which this one would follow. */
  follows: CertificateLine.nullable(),
});
export type ServerCertificate = z.infer<typeof ServerCertificate>;

export const CertificateOverview = z.object({
  authority: AuthorityView.nullable(),
  links: z.array(CertificateLink),
  servers: z.array(ServerCertificate),
  /** How new private keys are kept on this computer, one sentence. */
  keyKeeping: z.string(),
});
export type CertificateOverview = z.infer<typeof CertificateOverview>;

const Passphrase = z.string().max(1_000).nullable();
const Names = z.array(z.string().max(255)).max(20);
const Pem = z.string().max(200_000);

export const AuthorityOrder = z.strictObject({ name: z.string().min(1).max(64), passphrase: Passphrase });
export type AuthorityOrder = z.infer<typeof AuthorityOrder>;
export const LinkOrder = z.strictObject({ linkId: LinkId, passphrase: Passphrase });
export type LinkOrder = z.infer<typeof LinkOrder>;
export const IssueOrder = z.strictObject({
  purpose: z.enum(['broker', 'historian', 'edge-node', 'host']),
  commonName: z.string().min(1).max(64),
  dns: Names,
  ip: Names,
  passphrase: Passphrase,
});
export type IssueOrder = z.infer<typeof IssueOrder>;
export const InstallOrder = z.strictObject({
  linkId: LinkId,
  certificatePem: Pem.nullable(),
  authorityPem: Pem.nullable(),
});
export type InstallOrder = z.infer<typeof InstallOrder>;
export const RevokeOrder = z.strictObject({
  serial: z.string().regex(/^[0-9a-f]{1,64}$/),
  reason: z.enum(['unspecified', 'keyCompromise', 'superseded', 'cessationOfOperation']),
  passphrase: Passphrase,
});
export type RevokeOrder = z.infer<typeof RevokeOrder>;
export const TrustOrder = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  verdict: z.enum(['trust', 'reject']),
  by: z.string().trim().min(1).max(200),
});
export type TrustOrder = z.infer<typeof TrustOrder>;

/** What was done, for people: one sentence, the files, and what comes next. */
export const CertificateDeed = z.object({
  text: z.string(),
  files: z.array(z.string()),
  nextStep: z.string().nullable(),
  /** A request to be signed elsewhere, to copy or save; else null. */
  requestPem: z.string().nullable(),
});
export type CertificateDeed = z.infer<typeof CertificateDeed>;

/** A run of the doctor: `broker-0`, `historian`, or `server-<id>`. */
export const DoctorOrder = z.strictObject({
  target: z.string().regex(/^(broker-\d{1,3}|historian|server-[A-Za-z0-9_-]{1,32})$/),
});
export type DoctorOrder = z.infer<typeof DoctorOrder>;

export const DoctorNews = z.object({
  runId: z.number().int(),
  step: ProbeStep.nullable(),
  phase: z.enum(['running', 'done', 'cancelled', 'failed']),
  text: z.string().nullable(),
});
export type DoctorNews = z.infer<typeof DoctorNews>;
