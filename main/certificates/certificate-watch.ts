import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { findCertificates, type NamedPlace } from './find-certificates.ts';
import { readRevocations } from './read-revocations.ts';

/** A place whose certificates a running gateway depends on, and the stage that stands still without them. */
export interface WatchedPlace extends NamedPlace {
  readonly stage: CertificateSnapshot['stage'];
  /** The place holds lists of revoked certificates: whoever has an old one refuses everybody once it is over. */
  readonly isRevocations?: boolean;
}

const LOOK_EVERY_MS = 3_600_000;

/** Reads the certificates of a gateway at its start and every hour: a renewed one is seen without a restart. */
export class CertificateWatch {
  readonly #places: readonly WatchedPlace[];
  readonly #clock: Clock;
  readonly #log: Log;
  #certificates: readonly CertificateSnapshot[] = [];

  constructor(places: readonly WatchedPlace[], clock: Clock, log: Log) {
    this.#places = places;
    this.#clock = clock;
    this.#log = log;
  }

  get certificates(): readonly CertificateSnapshot[] {
    return this.#certificates;
  }

  /** Looks now and every hour; returns what ends it. Never fails: what cannot be read is told by its connection. */
  start(): () => void {
    void this.look();
    return this.#clock.every(LOOK_EVERY_MS, () => void this.look());
  }

  async look(): Promise<void> {
    const seen = new Map<string, CertificateSnapshot>();
    for (const { stage, isRevocations, ...place } of this.#places) {
      try {
        if (isRevocations === true) {
          for (const one of await this.#lookAtLists(place, stage)) seen.set(one.file, one);
          continue;
        }
        const { found } = await findCertificates([{ ...place, isOptional: true }]);
        for (const { facts, role, file } of found) {
          const { subject, validFromMs, validToMs, sha256 } = facts;
          // Two brokers of one authority name the same file.
          const key = `${file} ${sha256}`;
          if (!seen.has(key)) seen.set(key, { stage, role, subject, file, validFromMs, validToMs });
        }
      } catch (error) {
        this.#log.warn('a certificate cannot be looked at', { place: place.path, error: describeError(error) });
      }
    }
    this.#certificates = [...seen.values()];
  }

  async #lookAtLists({ path, role }: NamedPlace, stage: CertificateSnapshot['stage']): Promise<CertificateSnapshot[]> {
    const names = await readdir(path).catch(() => undefined);
    const files = names === undefined ? [path] : names.map((name) => join(path, name));
    const lists: CertificateSnapshot[] = [];
    for (const file of files) {
      const content = await readFile(file).catch(() => undefined);
      const facts = content && readRevocations(content);
      if (facts === undefined || facts.nextUpdateMs === null) continue;
      const { issuer, thisUpdateMs: validFromMs, nextUpdateMs: validToMs } = facts;
      lists.push({ kind: 'revocations', stage, role, subject: issuer, file, validFromMs, validToMs });
    }
    return lists;
  }
}
