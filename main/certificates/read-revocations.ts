import { LibraryRevocationList } from './x509-library.ts';

/** What a watch wants to know of a list of revoked certificates. */
export interface RevocationFacts {
  readonly issuer: string;
  readonly thisUpdateMs: number;
  /** Null where the list says nothing: then it counts for ever. */
  readonly nextUpdateMs: number | null;
  readonly revokedCount: number;
}

/** Of a list in PEM (`BEGIN X509 CRL`) or DER; undefined when the file is none. */
export function readRevocations(content: Uint8Array): RevocationFacts | undefined {
  const block = /-----BEGIN X509 CRL-----([\s\S]+?)-----END X509 CRL-----/.exec(
    new TextDecoder('latin1').decode(content),
  );
  try {
    const list = new LibraryRevocationList(block?.[1] === undefined ? content : Buffer.from(block[1], 'base64'));
    return {
      issuer: list.issuer,
      thisUpdateMs: list.thisUpdate.getTime(),
      nextUpdateMs: list.nextUpdate?.getTime() ?? null,
      revokedCount: list.entries.length,
    };
  } catch {
    // Not every file in such a folder is one.
    return undefined;
  }
}
