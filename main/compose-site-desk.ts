import { basename } from 'node:path';
import type { SiteChangeResult } from '../shared/domain/site-change.ts';
import type {
  RevisionPair,
  SignedSiteEdit,
  SiteDifferenceView,
  SiteEdit,
  SiteEditResult,
  SiteRevisionLine,
  SiteRollback,
  SiteRollbackPlan,
  SiteView,
} from '../shared/domain/site-edit.ts';
import type { SiteDifference } from '../shared/domain/site-revision.ts';
import { openExistingConfiguration } from './compose-configuration.ts';
import { editSiteText } from './config/edit-site-text.ts';
import type { SiteText } from './config/read-site-file.ts';
import type { SiteFileFault } from './config/site-file-fault.ts';
import type { ConfigurationStore } from './config-store/configuration-store.ts';
import { compareSites, listSiteDifference } from './config-store/site-difference.ts';
import type { SiteChangeRequest } from './engine/ports.ts';
import { EngineError, isEngineError } from './platform/engine-error.ts';

interface SiteDeskParts {
  readonly siteFile: string;
  readonly dataFolder: string;
  readonly changeSite: (request: SiteChangeRequest) => Promise<SiteChangeResult>;
}

/** Changes more than a list in the window shows are seldom looked for there. */
const LISTED_REVISIONS = 100;

/** An edit that was made from another site than the one in force. */
class OutdatedEdit extends Error {
  readonly difference: SiteDifference;

  constructor(difference: SiteDifference) {
    super('the site was changed after the edit was begun');
    this.difference = difference;
  }
}

/**
 * Edits of the site from the window. They end in the site file, whose other lines and comments stay, in the gateway
 * that runs and in a revision, by the same road as `lineside apply`.
 */
export class SiteDesk {
  readonly #parts: SiteDeskParts;

  constructor(parts: SiteDeskParts) {
    this.#parts = parts;
  }

  /** @throws EngineError `config/no-revision` before a site was recorded. */
  read(): SiteView {
    return this.#ask((store) => {
      const inForce = newest(store);
      const { site, shifts, calendar, machines } = store.readRevision(inForce.revision).site;
      return {
        inForce,
        siteFile: basename(this.#parts.siteFile),
        line: site.line,
        timeZone: site.timeZone,
        machines: machines.map(({ id, name }) => ({ id, name: name ?? id })),
        shifts,
        calendar,
      };
    });
  }

  revisions(): SiteRevisionLine[] {
    return this.#ask((store) => store.revisions({ maxCount: LISTED_REVISIONS }).map(toLine));
  }

  plan(edit: SiteEdit): Promise<SiteEditResult> {
    return this.#change({ ...edit, by: 'the window' }, true, ({ fields }) => fields);
  }

  apply(edit: SignedSiteEdit): Promise<SiteEditResult> {
    return this.#change(edit, false, ({ fields }) => fields);
  }

  /** @throws EngineError `config/no-revision`, `config/revision-outdated`. */
  rollback(rollback: SiteRollback): Promise<SiteEditResult> {
    const { site } = this.#ask((store) => store.readRevision(rollback.toRevision));
    return this.#change(rollback, false, () => site);
  }

  /** What the roll back would mean; changes nothing. @throws EngineError `config/no-revision`. */
  planRollback(rollback: SiteRollbackPlan): Promise<SiteEditResult> {
    const { site } = this.#ask((store) => store.readRevision(rollback.toRevision));
    return this.#change({ ...rollback, by: 'the window' }, true, () => site);
  }

  /** What the second of two sites says otherwise than the first. @throws EngineError `config/no-revision`. */
  difference({ from, to }: RevisionPair): SiteDifferenceView {
    return this.#ask((store) => listSiteDifference(store.readRevision(from).site, store.readRevision(to).site));
  }

  async #change<E extends { readonly baseRevision: number; readonly by: string }>(
    edit: E,
    isDryRun: boolean,
    toFields: (edit: E) => Readonly<Record<string, unknown>>,
  ): Promise<SiteEditResult> {
    try {
      const change = await this.#parts.changeSite({
        isDryRun,
        by: { user: edit.by, via: 'window' },
        edit: (present) => {
          this.#ask((store) => refuseOutdated(store, edit.baseRevision, present, this.#parts.siteFile));
          return editSiteText(present, toFields(edit));
        },
      });
      return isDryRun ? { phase: 'planned', change } : { phase: 'applied', change, inForce: this.#ask(newest) };
    } catch (error) {
      if (error instanceof OutdatedEdit) {
        const { added, changed, removed } = error.difference;
        const difference = { added: [...added], changed: [...changed], removed: [...removed] };
        return { phase: 'outdated', inForce: this.#ask(newest), difference };
      }
      if (!isEngineError(error, 'config/invalid')) throw error;
      const faults = error.context['faults'] as readonly SiteFileFault[];
      return { phase: 'refused', faults: faults.map(({ path, text }) => ({ path, text })) };
    }
  }

  #ask<T>(ask: (store: ConfigurationStore) => T): T {
    const store = openExistingConfiguration(this.#parts.dataFolder);
    try {
      return ask(store);
    } finally {
      store.close();
    }
  }
}

/** @throws OutdatedEdit; EngineError `config/file-ahead`. */
function refuseOutdated(store: ConfigurationStore, baseRevision: number, { site }: SiteText, siteFile: string): void {
  const { revision } = newest(store);
  if (revision !== baseRevision) throw new OutdatedEdit(store.compareRevisions(baseRevision, revision));
  const { added, changed, removed } = compareSites(store.readRevision(revision).site, site);
  const names = [...added, ...changed, ...removed];
  if (names.length === 0) return;
  throw new EngineError(
    'config/file-ahead',
    `${siteFile} was changed by hand and is not applied (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}): apply it with "lineside apply" or take it back, then edit here`,
    { names },
  );
}

function newest(store: ConfigurationStore): SiteRevisionLine {
  const [found] = store.revisions({ maxCount: 1 });
  if (found === undefined)
    throw new EngineError('config/no-revision', 'no site is recorded yet: start the gateway again');
  return toLine(found);
}

const toLine = ({ revision, changedBy, changedAtMs, source }: SiteRevisionLine): SiteRevisionLine => ({
  revision,
  changedBy,
  changedAtMs,
  source,
});
