export interface RowPage<Row> {
  readonly rowCount: number;
  readonly rows: readonly Row[];
}

export interface PagedState {
  /** Null until the first page is there. */
  readonly rowCount: number | null;
  readonly failure: string | null;
  /** Rises with every change; a change is what a drawing waits for. */
  readonly version: number;
}

const PAGE_ROWS = 100;
/** Pages kept beside the visible ones, so that scrolling back is at once. */
const MAX_PAGES = 24;

/**
 * The visible part of a very long list. One request runs at a time and always for what is in sight when it
 * starts: a fast scroll over a million rows asks for the place where it stops, not for the way there.
 */
export class PagedRows<Row> {
  readonly #load: (fromIndex: number, maxRows: number) => Promise<RowPage<Row>>;
  readonly #listeners = new Set<() => void>();
  readonly #pages = new Map<number, { readonly rows: readonly Row[]; readonly generation: number }>();
  #state: PagedState = { rowCount: null, failure: null, version: 0 };
  #range = { fromIndex: 0, rowCount: PAGE_ROWS };
  #generation = 0;
  #isLoading = false;

  constructor(load: (fromIndex: number, maxRows: number) => Promise<RowPage<Row>>) {
    this.#load = load;
  }

  readonly read = (): PagedState => this.#state;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  rowAt(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS];
  }

  /** Says what is in sight; missing rows are loaded. */
  show(fromIndex: number, rowCount: number): void {
    this.#range = { fromIndex, rowCount };
    void this.#loadVisible();
  }

  /** Loads what is in sight once more; what is there stays until the new rows come. */
  refresh(): void {
    if (this.#isLoading) return;
    this.#generation += 1;
    void this.#loadVisible();
  }

  async #loadVisible(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      for (let page = this.#nextPage(); page !== undefined; page = this.#nextPage()) {
        const generation = this.#generation;
        const answer = await this.#load(page * PAGE_ROWS, PAGE_ROWS);
        this.#pages.set(page, { rows: answer.rows, generation });
        this.#forgetFarPages();
        this.#become({ rowCount: answer.rowCount, failure: null });
      }
    } catch (error) {
      this.#become({ failure: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#isLoading = false;
    }
  }

  /** First page in sight that is missing or older than the last refresh. */
  #nextPage(): number | undefined {
    const { fromIndex, rowCount } = this.#range;
    const first = Math.floor(fromIndex / PAGE_ROWS);
    const end = Math.min(fromIndex + Math.max(1, rowCount), Math.max(1, this.#state.rowCount ?? 1));
    for (let page = first; page * PAGE_ROWS < end; page += 1) {
      if (this.#pages.get(page)?.generation !== this.#generation) return page;
    }
    return undefined;
  }

  #forgetFarPages(): void {
    const middle = this.#range.fromIndex / PAGE_ROWS;
    const far = [...this.#pages.keys()].sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle));
    for (const page of far.slice(MAX_PAGES)) this.#pages.delete(page);
  }

  #become(change: Partial<PagedState>): void {
    this.#state = { ...this.#state, ...change, version: this.#state.version + 1 };
    for (const listener of [...this.#listeners]) listener();
  }
}
