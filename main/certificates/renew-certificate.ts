import { createPublicKey } from 'node:crypto';
import { EngineError } from '../platform/engine-error.ts';
import { type IssuedEntry, readIndex } from './authority-index.ts';
import { type CertificateFacts, parseCertificate, toFacts } from './certificate-facts.ts';
import { installCertificate, type InstallTarget, readOwnKey } from './install-certificate.ts';
import { issueCertificate } from './issue-certificate.ts';
import { readNamed } from './owned-files.ts';
import { generateKey } from './private-key.ts';
import { type AltNames, keyKindOf } from './purposes.ts';
import type { OpenedAuthority } from './site-authority.ts';

export interface RenewedCertificate {
  readonly facts: CertificateFacts;
  /** It still counts: revoke it once the new one has connected. */
  readonly replaced: IssuedEntry;
  readonly written: readonly string[];
}

/**
 * Issues anew what is installed: same name, names and purpose, a new key unless the old one is to stay.
 * @throws EngineError `certificates/not-ours` when this authority has not issued it, and what issuing and installing
 * throw; then the old one is in place.
 */
export async function renewCertificate(
  authority: OpenedAuthority,
  target: InstallTarget,
  request: { readonly days: number; readonly keepsKey: boolean },
  nowMs: number,
): Promise<RenewedCertificate> {
  const present = toFacts(parseCertificate(await readNamed(target.cert, 'certificate to renew'), target.cert));
  const { issued } = await readIndex(authority.folder);
  const replaced = issued.find(({ sha256 }) => sha256 === present.sha256);
  if (replaced === undefined) {
    const text =
      `${target.cert} (${present.subject}) was not issued by the authority in ${authority.folder}, but by ${present.issuer}; ` +
      'name the folder of that authority with --dir, or issue and install a new one';
    throw new EngineError('certificates/not-ours', text, { file: target.cert });
  }
  if (replaced.revoked !== null) {
    const text = `${target.cert} was revoked (${replaced.revoked.reason}); issue and install a new one if its owner may have it`;
    throw new EngineError('certificates/revoked', text, { file: target.cert });
  }
  const key = request.keepsKey ? await readOwnKey(target) : await generateKey(keyKindOf(replaced.purpose));
  const facts = await issueCertificate(
    authority,
    {
      commonName: replaced.commonName,
      names: toAltNames(replaced.altNames),
      publicKey: createPublicKey(key),
      purpose: replaced.purpose,
      days: request.days,
    },
    nowMs,
  );
  const installation = { certificatePem: facts.pem, key: request.keepsKey ? undefined : key };
  return { facts, replaced, written: await installCertificate(target, installation, nowMs) };
}

function toAltNames(names: readonly string[]): AltNames {
  const of = (prefix: string): string[] =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return { dns: of('DNS:'), ip: of('IP Address:'), uri: of('URI:') };
}
