/**
 * Space kept for the day the disk is full: then SQLite can neither delete a row nor carry its log into the file
 * (seen: DELETE of 10,000 rows and wal_checkpoint both fail with SQLITE_FULL), so even what has arrived could not
 * be removed. Giving the ballast back makes both work again; the file is then kept from growing, so that changes
 * are dropped by the policy, counted, instead of eating the ballast.
 */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const BALLAST_BYTES = 8 * 1024 * 1024;
/** Not taken again while the disk is close to full, else it would be what fills it. */
const MIN_FREE_SHARES = 4;
const RESTORE_EVERY_MS = 60_000;
/** While it is given back, changes are being dropped. */
const RESTORE_RELEASED_EVERY_MS = 5_000;

export class Ballast {
  readonly #path: string;
  readonly #bytes: number;
  #triedAtMs = -Infinity;
  #isReleased = false;

  constructor(path: string, limitBytes: number) {
    this.#path = path;
    this.#bytes = Math.min(BALLAST_BYTES, Math.floor(limitBytes / 10));
  }

  /** Gives the space back; how many bytes that are, 0 when there is none left to give. */
  release(): number {
    if (!existsSync(this.#path)) return 0;
    rmSync(this.#path);
    this.#isReleased = true;
    return this.#bytes;
  }

  /** Takes the space again where there is plenty, looking only now and then; true when it has looked and holds it. */
  restore(nowMs: number): boolean {
    const everyMs = this.#isReleased ? RESTORE_RELEASED_EVERY_MS : RESTORE_EVERY_MS;
    if (Math.abs(nowMs - this.#triedAtMs) < everyMs) return false;
    this.#triedAtMs = nowMs;
    if (existsSync(this.#path)) return true;
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#path));
      if (bavail * bsize < MIN_FREE_SHARES * this.#bytes) return false;
      this.#write();
      this.#isReleased = false;
      return true;
    } catch {
      // Half a ballast is none; the next minute tries again.
      rmSync(this.#path, { force: true });
      return false;
    }
  }

  #write(): void {
    const file = openSync(this.#path, 'w', 0o600);
    try {
      writeSync(file, new Uint8Array(this.#bytes));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
