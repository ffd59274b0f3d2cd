import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * A few small facts that outlive the process, one JSON object in a file that is replaced as a whole: after a
 * crash it holds the old facts or the new ones. Unreadable content counts as no facts: each user of it names
 * what a missing fact costs.
 */
export class SettingFile {
  readonly #file: string;
  #facts: Promise<Map<string, string>> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  async readSetting(key: string): Promise<string | undefined> {
    return (await this.#load()).get(key);
  }

  async writeSetting(key: string, value: string): Promise<void> {
    (await this.#load()).set(key, value);
    this.#writing = this.#writing.catch(() => {}).then(() => this.#save());
    await this.#writing;
  }

  #load(): Promise<Map<string, string>> {
    this.#facts ??= readFile(this.#file, 'utf8').then(
      (text) => parseFacts(text),
      () => new Map<string, string>(),
    );
    return this.#facts;
  }

  async #save(): Promise<void> {
    const text = JSON.stringify(Object.fromEntries(await this.#load()));
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    await writeFile(`${this.#file}.new`, text, { mode: 0o600, flush: true });
    await rename(`${this.#file}.new`, this.#file);
  }
}

function parseFacts(text: string): Map<string, string> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return new Map();
    return new Map(Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}
