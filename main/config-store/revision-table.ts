import { SiteConfig } from '../../shared/config/site.ts';
import type { SiteChangeSource, SiteRevision } from '../../shared/domain/site-revision.ts';
import { EngineError } from '../platform/engine-error.ts';
import type { Sqlite } from './open-configuration-file.ts';

/** A revision with its document, in canonical form. */
export interface StoredRevision extends SiteRevision {
  readonly document: string;
}

const FACTS = `revision, changed_by AS changedBy, changed_at_ms AS changedAtMs, source, sha256`;

/** Table `site_revision`, only ever added to. Transactions are the caller's. */
export class RevisionTable {
  readonly #statements;

  constructor(db: Sqlite) {
    this.#statements = {
      add: db.prepare<[number, string, string, string, number, SiteChangeSource]>(
        `INSERT INTO site_revision (revision, document, sha256, changed_by, changed_at_ms, source)
         VALUES (?, ?, ?, ?, ?, ?)`,
      ),
      list: db.prepare<[number, number], SiteRevision>(
        `SELECT ${FACTS} FROM site_revision WHERE revision < ? ORDER BY revision DESC LIMIT ?`,
      ),
      read: db.prepare<[number], StoredRevision>(`SELECT ${FACTS}, document FROM site_revision WHERE revision = ?`),
      newest: db.prepare<[], StoredRevision>(
        `SELECT ${FACTS}, document FROM site_revision ORDER BY revision DESC LIMIT 1`,
      ),
    };
  }

  add({ revision, document, sha256, changedBy, changedAtMs, source }: StoredRevision): void {
    this.#statements.add.run(revision, document, sha256, changedBy, changedAtMs, source);
  }

  /** The newest first, from the one before `beforeRevision` on. */
  list(beforeRevision: number, maxCount: number): readonly SiteRevision[] {
    return this.#statements.list.all(beforeRevision, maxCount);
  }

  read(revision: number): StoredRevision | undefined {
    return this.#statements.read.get(revision);
  }

  newest(): StoredRevision | undefined {
    return this.#statements.newest.get();
  }
}

/**
 * The site that a revision holds.
 * @throws EngineError `config/revision-outdated` when this program does not take it any more.
 */
export function parseDocument({ revision, document }: StoredRevision): SiteConfig {
  const parsed = SiteConfig.safeParse(JSON.parse(document));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new EngineError(
    'config/revision-outdated',
    `revision ${revision} is not a site that this version takes: ${faults.join('; ')}`,
    { revision, faults },
  );
}
