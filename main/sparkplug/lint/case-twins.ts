const MAX_SPELLINGS = 50_000;

/** Finds names that differ only by letter case. Remembers a bounded number of them. */
export class CaseTwins {
  readonly #spellings = new Map<string, string>();

  /** The other spelling of `name` that was seen in the same place, if there is one. */
  twinOf(place: string, name: string): string | undefined {
    const key = `${place}\n${name.toLowerCase()}`;
    const known = this.#spellings.get(key);
    if (known !== undefined) return known === name ? undefined : known;
    if (this.#spellings.size < MAX_SPELLINGS) this.#spellings.set(key, name);
    return undefined;
  }
}
