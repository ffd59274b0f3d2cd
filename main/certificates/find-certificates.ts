import type { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { type CertificateFacts, parseCertificates, toFacts } from './certificate-facts.ts';

/** A certificate in a file, and what that file is to whom. */
export interface FoundCertificate {
  readonly facts: CertificateFacts;
  readonly file: string;
  /** E.g. `client certificate for mqtts://broker:8883`. */
  readonly role: string;
  /** Subjects from the issuer up to the root, as far as it was found among the others. */
  readonly issuers: readonly string[];
  /** False where the last of the issuers is no root: the next one was not found. */
  readonly isChainWhole: boolean;
}

export interface NamedPlace {
  readonly path: string;
  readonly role: string;
  /** A folder that need not be there, or a file that is no certificate, is passed over. */
  readonly isOptional?: boolean;
}

export interface FoundCertificates {
  readonly found: readonly FoundCertificate[];
  /** Files that were named and cannot be read, each with the reason and what to do. */
  readonly faults: readonly string[];
}

const MOST_ISSUERS = 10;
const looksLikeOne = (name: string): boolean => /\.(pem|crt|cer|der)$/i.test(name);

/** Reads the certificates of files and folders (not of their sub-folders), and finds for each its issuers among them. */
export async function findCertificates(places: readonly NamedPlace[]): Promise<FoundCertificates> {
  const read: { readonly certificate: X509Certificate; readonly file: string; readonly role: string }[] = [];
  const faults: string[] = [];
  for (const place of places) {
    try {
      for (const file of await filesOf(place.path)) {
        const isNamed = file === place.path;
        const one = await readOne(file).catch((error: unknown) => {
          if (isNamed) throw error;
          return [];
        });
        read.push(...one.map((certificate) => ({ certificate, file, role: place.role })));
      }
    } catch (error) {
      if (place.isOptional !== true) faults.push(`${place.role}: ${describeError(error)}`);
    }
  }
  const pool = read.map(({ certificate }) => certificate);
  const found = read.map(({ certificate, file, role }) => {
    const issuers = findIssuers(certificate, pool);
    const last = issuers.at(-1) ?? certificate;
    return {
      facts: toFacts(certificate),
      file,
      role,
      issuers: issuers.map((issuer) => toFacts(issuer).subject),
      isChainWhole: isRoot(last),
    };
  });
  return { found, faults };
}

const isRoot = (certificate: X509Certificate): boolean =>
  certificate.subject === certificate.issuer && certificate.checkIssued(certificate);

/** From the issuer up to the root, as far as `pool` has them; each signature is checked. */
export function findIssuers(certificate: X509Certificate, pool: readonly X509Certificate[]): X509Certificate[] {
  const issuers: X509Certificate[] = [];
  let last = certificate;
  while (!isRoot(last) && issuers.length < MOST_ISSUERS) {
    const next = pool.find((candidate) => last.checkIssued(candidate) && last.verify(candidate.publicKey));
    if (next === undefined) break;
    issuers.push(next);
    last = next;
  }
  return issuers;
}

async function filesOf(path: string): Promise<string[]> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (cause) {
    const text = `${path} cannot be read (${describeError(cause)}); correct the path or put the file there`;
    throw new EngineError('certificates/file-missing', text, { path }, { cause });
  }
  if (!isFolder) return [path];
  const names = await readdir(path);
  return names
    .filter(looksLikeOne)
    .sort()
    .map((name) => join(path, name));
}

async function readOne(file: string): Promise<X509Certificate[]> {
  return parseCertificates(await readFile(file), file);
}
