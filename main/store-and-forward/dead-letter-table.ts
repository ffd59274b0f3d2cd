import type { DeadLetter } from '../../shared/domain/purge.ts';
import { type ChangeColumns, parseColumns } from './change-row.ts';
import type { BufferedChange } from './forward-buffer.ts';
import type { MetricDictionary } from './metric-dictionary.ts';
import type { Sqlite } from './open-sqlite.ts';

/** Of rows that cannot be read, as the file's own default says it. */
export const DAMAGED_REASON = 'damaged';

type DeadRow = BufferedChange & { readonly reason: string };
type DeadColumns = ChangeColumns & { readonly found_at_ms: number; readonly reason: string };

/** Table `dead_letter` for reading and for taking rows out of it again; `ChangeTable` puts them in. */
export class DeadLetterTable {
  readonly #dictionary: MetricDictionary;
  readonly #readAll;
  readonly #delete;

  constructor(db: Sqlite, dictionary: MetricDictionary) {
    this.#dictionary = dictionary;
    this.#readAll = db.prepare<[], DeadColumns>('SELECT * FROM dead_letter ORDER BY row_id');
    this.#delete = db.prepare<[number]>('DELETE FROM dead_letter WHERE row_id = ?');
  }

  /** In the order in which the rows were accepted. */
  list(): readonly DeadLetter[] {
    return this.#readAll.all().map((columns) => {
      const identity = this.#dictionary.byId(columns.metric_id)?.identity;
      return {
        rowId: columns.row_id,
        deviceId: identity?.deviceId ?? null,
        metricName: identity?.metricName ?? '(unknown)',
        timestampMs: Number(columns.timestamp_ms),
        foundAtMs: Number(columns.found_at_ms),
        reason: String(columns.reason),
        isReadable: this.#parse(columns) !== undefined,
      };
    });
  }

  /** Those whose checksum is right, and how many there are altogether. */
  readable(): { readonly rows: readonly DeadRow[]; readonly rowCount: number } {
    const all = this.#readAll.all();
    return { rows: all.flatMap((columns) => this.#parse(columns) ?? []), rowCount: all.length };
  }

  delete(rowId: number): void {
    this.#delete.run(rowId);
  }

  #parse(columns: DeadColumns): DeadRow | undefined {
    const metric = this.#dictionary.byId(columns.metric_id);
    const row = metric && parseColumns(columns, metric.identity, metric.crc);
    return row && { ...row, reason: columns.reason };
  }
}
