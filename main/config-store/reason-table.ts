import { Reason } from '../../shared/domain/reason.ts';
import { EngineError } from '../platform/engine-error.ts';
import type { Sqlite } from './open-configuration-file.ts';
import { refuseBrokenTree } from './reason-tree.ts';

interface ReasonColumns {
  readonly reasonId: string;
  readonly parentReasonId: string | null;
  readonly timeClass: string;
  readonly isPlanned: number;
  readonly retiredAtMs: number | null;
  /** A JSON object. */
  readonly names: string;
}

/**
 * Tables `reason` and `reason_name`: a tree, nothing of which is ever deleted. What a change throws must roll back the
 * caller's transaction.
 */
export class ReasonTable {
  readonly #statements;

  constructor(db: Sqlite) {
    this.#statements = {
      // Until the end of the transaction: a child may come before its parent.
      deferForeignKeys: () => db.pragma('defer_foreign_keys = ON'),
      list: db.prepare<[], ReasonColumns>(
        `SELECT reason_id AS reasonId, parent_reason_id AS parentReasonId, time_class AS timeClass,
           is_planned AS isPlanned, retired_at_ms AS retiredAtMs,
           (SELECT json_group_object(language, name) FROM reason_name n WHERE n.reason_id = r.reason_id) AS names
         FROM reason r ORDER BY rowid`,
      ),
      put: db.prepare<[string, string | null, string, number, number | null]>(
        `INSERT INTO reason (reason_id, parent_reason_id, time_class, is_planned, retired_at_ms) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (reason_id) DO UPDATE
         SET parent_reason_id = excluded.parent_reason_id, time_class = excluded.time_class,
           is_planned = excluded.is_planned, retired_at_ms = excluded.retired_at_ms`,
      ),
      deleteNames: db.prepare<[string]>('DELETE FROM reason_name WHERE reason_id = ?'),
      addName: db.prepare<[string, string, string]>(
        'INSERT INTO reason_name (reason_id, language, name) VALUES (?, ?, ?)',
      ),
      retire: db.prepare<[number, string]>('UPDATE reason SET retired_at_ms = ? WHERE reason_id = ?'),
    };
  }

  /** In the order in which they were added. */
  list(): readonly Reason[] {
    return this.#statements.list.all().map((row) => {
      const names: unknown = JSON.parse(row.names);
      return Reason.parse({ ...row, isPlanned: row.isPlanned === 1, names });
    });
  }

  /**
   * Adds reasons, or changes those with their ids; all or none, in any order.
   * @throws EngineError `config/reason-parent`, `config/reason-cycle`, `config/reason-has-children`.
   */
  put(reasons: readonly Reason[]): void {
    const { deferForeignKeys, put, deleteNames, addName } = this.#statements;
    deferForeignKeys();
    for (const { reasonId, parentReasonId, timeClass, isPlanned, retiredAtMs, names } of reasons) {
      put.run(reasonId, parentReasonId, timeClass, isPlanned ? 1 : 0, retiredAtMs);
      deleteNames.run(reasonId);
      for (const [language, name] of Object.entries(names)) addName.run(reasonId, language, name);
    }
    refuseBrokenTree(this.list(), new Set(reasons.map(({ reasonId }) => reasonId)));
  }

  /** The first retirement counts. @throws EngineError `config/no-reason`, `config/reason-has-children`. */
  retire(reasonId: string, atMs: number): void {
    const reason = this.list().find((each) => each.reasonId === reasonId);
    if (reason === undefined) {
      const text = `there is no reason ${reasonId}: lineside config reasons list`;
      throw new EngineError('config/no-reason', text, { reasonId });
    }
    if (reason.retiredAtMs !== null) return;
    this.#statements.retire.run(atMs, reasonId);
    refuseBrokenTree(this.list(), new Set([reasonId]));
  }
}
