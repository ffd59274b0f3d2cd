import type { Sqlite } from './open-sqlite.ts';

/** Table `setting`: small durable facts by name. */
export class Settings {
  readonly #read;
  readonly #readAll;
  readonly #write;

  constructor(db: Sqlite) {
    this.#read = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck();
    this.#readAll = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM setting');
    this.#write = db.prepare<[string, string]>('INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)');
  }

  read(key: string): string | undefined {
    return this.#read.get(key);
  }

  all(): { key: string; value: string }[] {
    return this.#readAll.all();
  }

  write(key: string, value: string): void {
    this.#write.run(key, value);
  }
}
