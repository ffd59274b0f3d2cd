import Database from 'better-sqlite3';
import type { LossEntry } from '../../shared/domain/listings.ts';
import { LossLedger } from './loss-ledger.ts';
import { Settings } from './settings.ts';
import { type Tally, TallyRow } from './tally.ts';

/** What can still be read of a file that is about to be moved to quarantine. */
interface Salvage {
  readonly settings: readonly { readonly key: string; readonly value: string }[];
  readonly losses: readonly LossEntry[];
  readonly tally: Tally | undefined;
  /** Rows in it; undefined when they cannot be counted. */
  readonly rowCount: number | undefined;
}

/** Reads each table for itself: often only one of them is hit. `bdSeq` must survive, else a death is mistaken. */
export function salvage(path: string, nativeBinding?: string): Salvage {
  const nothing: Salvage = { settings: [], losses: [], tally: undefined, rowCount: undefined };
  const db = attempt(
    // Read only, so that closing it does not carry the log into the file.
    () =>
      new Database(path, {
        readonly: true,
        fileMustExist: true,
        ...(nativeBinding === undefined ? {} : { nativeBinding }),
      }),
    undefined,
  );
  if (db === undefined) return nothing;
  try {
    return {
      settings: attempt(() => new Settings(db).all(), []),
      losses: attempt(() => new LossLedger(db).entries(), []),
      tally: attempt(() => new TallyRow(db).read(), undefined),
      rowCount: attempt(() => db.prepare<[], number>('SELECT count(*) FROM change').pluck().get(), undefined),
    };
  } finally {
    db.close();
  }
}

/** A damaged part is the expected case here, and the whole file is kept in quarantine. */
function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
