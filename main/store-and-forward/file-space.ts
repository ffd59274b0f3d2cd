import type { MetricChange } from '../../shared/domain/metric.ts';
import { estimateRowBytes } from './change-row.ts';
import { PAGE_BYTES, type Sqlite } from './open-sqlite.ts';

/** What of a page is left for rows, after its header and cell pointers. */
const USABLE_PAGE_BYTES = 3_900;
/** Inner pages of the tree, the free list, a row that begins a new page. */
const EXTRA_PAGES = 4;

const MIN_RESERVE_PAGES = 32;

/** Kept free of changes, so that the loss ledger, settings and dead letters can be written when the file is full. */
function reservePages(limitPages: number): number {
  return Math.max(MIN_RESERVE_PAGES, Math.min(2_048, Math.floor(limitPages / 50)));
}

/** How full the file is, inside the running transaction. Both pragmas read the file's first page only. */
export class FileSpace {
  readonly limitBytes: number;
  readonly #pagesForChanges: number;
  #frozenPages = Infinity;
  readonly #pageCount;
  readonly #freeCount;

  constructor(db: Sqlite, limitBytes: number) {
    const limitPages = Math.floor(limitBytes / PAGE_BYTES);
    this.limitBytes = limitBytes;
    this.#pagesForChanges = limitPages - reservePages(limitPages);
    this.#pageCount = db.prepare<[], number>('PRAGMA page_count').pluck();
    this.#freeCount = db.prepare<[], number>('PRAGMA freelist_count').pluck();
  }

  usedPages(): number {
    return (this.#pageCount.get() ?? 0) - (this.#freeCount.get() ?? 0);
  }

  /** The disk has no more: from now on changes live in the pages that the file has, and in `spareBytes` of new ones. */
  freeze(spareBytes: number): void {
    const newPages = Math.floor(spareBytes / PAGE_BYTES);
    this.#frozenPages = (this.#pageCount.get() ?? 0) + newPages - MIN_RESERVE_PAGES;
  }

  thaw(): void {
    this.#frozenPages = Infinity;
  }

  /** What changes may still take; below zero when the size was frozen while the file was full. */
  freeBytes(): number {
    const limitPages = Math.min(this.#pagesForChanges, this.#frozenPages);
    return (limitPages - this.usedPages() - EXTRA_PAGES) * USABLE_PAGE_BYTES;
  }

  /** How many of the changes, counted from the newest, can be inserted now. */
  newestThatFit(changes: readonly MetricChange[]): number {
    const freeBytes = this.freeBytes();
    let neededBytes = 0;
    for (let index = changes.length - 1; index >= 0; index--) {
      neededBytes += estimateRowBytes(changes[index]?.value ?? null);
      if (neededBytes > freeBytes) return changes.length - 1 - index;
    }
    return changes.length;
  }
}
