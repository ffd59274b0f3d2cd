import type { Sqlite } from './open-sqlite.ts';

/** Table `setting`: small durable facts by name. */
export class Settings {
  readonly #read;
  readonly #write;

  constructor(db: Sqlite) {
    this.#read = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck();
    this.#write = db.prepare<[string, string]>('INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)');
  }

  read(key: string): string | undefined {
    return this.#read.get(key);
  }

  write(key: string, value: string): void {
    this.#write.run(key, value);
  }
}
