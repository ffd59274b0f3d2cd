import { Reason } from '../../shared/domain/reason.ts';
import { EngineError, type EngineErrorCode } from '../platform/engine-error.ts';
import type { Sqlite } from './open-configuration-file.ts';

interface ReasonColumns {
  readonly reasonId: string;
  readonly parentReasonId: string | null;
  readonly timeClass: string;
  readonly isPlanned: number;
  readonly retiredAtMs: number | null;
  /** A JSON object. */
  readonly names: string;
}

const refusal = (code: EngineErrorCode, text: string, reasonId: string): EngineError =>
  new EngineError(code, text, { reasonId });

/** Tables `reason` and `reason_name`: a tree, nothing of which is ever deleted. Transactions are the caller's. */
export class ReasonTable {
  readonly #statements;

  constructor(db: Sqlite) {
    this.#statements = {
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
   * Adds a reason, or changes the one with its id.
   * @throws EngineError `config/reason-parent`, `config/reason-cycle`, `config/reason-has-children`.
   */
  put(reason: Reason): void {
    const others = new Map(this.list().map((each) => [each.reasonId, each]));
    this.#checkPlace(reason, others);
    if (reason.retiredAtMs !== null) refuseOverChildren(reason.reasonId, [...others.values()]);
    const { reasonId, parentReasonId, timeClass, isPlanned, retiredAtMs, names } = reason;
    this.#statements.put.run(reasonId, parentReasonId, timeClass, isPlanned ? 1 : 0, retiredAtMs);
    this.#statements.deleteNames.run(reasonId);
    for (const [language, name] of Object.entries(names)) this.#statements.addName.run(reasonId, language, name);
  }

  /** The first retirement counts. @throws EngineError `config/no-reason`, `config/reason-has-children`. */
  retire(reasonId: string, atMs: number): void {
    const all = this.list();
    const reason = all.find((each) => each.reasonId === reasonId);
    if (reason === undefined) {
      throw refusal('config/no-reason', `there is no reason ${reasonId}: lineside config reasons list`, reasonId);
    }
    if (reason.retiredAtMs !== null) return;
    refuseOverChildren(reasonId, all);
    this.#statements.retire.run(atMs, reasonId);
  }

  #checkPlace({ reasonId, parentReasonId, retiredAtMs }: Reason, others: ReadonlyMap<string, Reason>): void {
    if (parentReasonId === null) return;
    const parent = others.get(parentReasonId);
    if (parent === undefined) {
      const text = `reason ${reasonId} is below ${parentReasonId}, which there is not: add that one first`;
      throw refusal('config/reason-parent', text, reasonId);
    }
    if (parent.retiredAtMs !== null && retiredAtMs === null) {
      const text = `reason ${reasonId} is below ${parentReasonId}, which is retired: name another parent`;
      throw refusal('config/reason-parent', text, reasonId);
    }
    for (let above: Reason | undefined = parent; above; above = others.get(above.parentReasonId ?? '')) {
      if (above.reasonId !== reasonId) continue;
      const text = `reason ${reasonId} cannot be below ${parentReasonId}, which is below it: name another parent`;
      throw refusal('config/reason-cycle', text, reasonId);
    }
  }
}

function refuseOverChildren(reasonId: string, all: readonly Reason[]): void {
  const children = all.filter((each) => each.parentReasonId === reasonId && each.retiredAtMs === null);
  if (children.length === 0) return;
  const list = children.map((each) => each.reasonId).join(', ');
  const text = `reason ${reasonId} has others below it (${list}): retire these first, or move them`;
  throw refusal('config/reason-has-children', text, reasonId);
}
