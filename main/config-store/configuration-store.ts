/**
 * The configuration of a gateway: the plant as its site file says it and every earlier form of it, the reasons for
 * which machines stand, and the people who say so. In DATA/configuration.sqlite, on the disk when a call returns,
 * and whole: a crash leaves what was before the call or what is after it. Secrets are never in it: the site file
 * names their files, and a site that names a password itself is refused.
 */
import { createHash } from 'node:crypto';
import type { SiteConfig } from '../../shared/config/site.ts';
import { Person } from '../../shared/domain/person.ts';
import { Reason } from '../../shared/domain/reason.ts';
import type { SiteChangeSource, SiteDifference, SiteRevision } from '../../shared/domain/site-revision.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { EngineError } from '../platform/engine-error.ts';
import { acceptEntry } from './accept-entry.ts';
import { toCanonicalJson } from './canonical-json.ts';
import { DEFAULT_REASONS } from './default-reasons.ts';
import { EquipmentTables, type StoredLine, type StoredMachine } from './equipment-tables.ts';
import { openConfigurationFile, translating } from './open-configuration-file.ts';
import { PersonTable } from './person-table.ts';
import { ReasonTable } from './reason-table.ts';
import { refuseSecrets } from './refuse-secrets.ts';
import { parseDocument, RevisionTable, type StoredRevision } from './revision-table.ts';
import { compareDocuments } from './site-difference.ts';

/** Whose change it is, and from where. */
export interface SiteChangeOrigin {
  readonly who: string;
  readonly atMs: number;
  readonly source: SiteChangeSource;
}

/** `revision` is the one in force now; the difference is to the one before. */
type AppliedSite =
  | { readonly phase: 'unchanged'; readonly revision: number }
  | { readonly phase: 'applied'; readonly revision: number; readonly difference: SiteDifference };

interface RevisionPage {
  /** Only older ones than this; all when left out. */
  readonly beforeRevision?: number;
  readonly maxCount: number;
}

/** What TimescaleDB gets copies of, so that SQL can join it to time series. */
interface CopiedConfiguration {
  readonly lines: readonly StoredLine[];
  readonly machines: readonly StoredMachine[];
  readonly reasons: readonly Reason[];
}

/** Every method throws EngineError `config/store-…` when the file cannot be used. */
export interface ConfigurationStore {
  /**
   * Makes this the site in force: a revision, and the tables of lines, machines and shifts, in one transaction.
   * Nothing is written when it is in force already.
   * @throws EngineError `config/secret-in-site`.
   */
  applySite(site: SiteConfig, origin: SiteChangeOrigin): AppliedSite;
  /** The newest first. */
  revisions(page: RevisionPage): readonly SiteRevision[];
  /** @throws EngineError `config/no-revision`, `config/revision-outdated` when this program refuses such a site. */
  readRevision(revision: number): SiteRevision & { readonly document: string; readonly site: SiteConfig };
  /** From one revision to another. @throws EngineError `config/no-revision`. */
  compareRevisions(from: number, to: number): SiteDifference;
  /** Retired ones too. */
  people(): readonly Person[];
  /** @throws EngineError `config/person-exists`, `config/person-invalid`. */
  addPerson(person: Omit<Person, 'retiredAtMs'>): void;
  /** @throws EngineError `config/no-person`. */
  retirePerson(personId: string, atMs: number): void;
  /** The whole tree, retired ones too, in the order in which they were added. */
  reasons(): readonly Reason[];
  /**
   * Adds a reason, or changes the one with its id.
   * @throws EngineError `config/reason-invalid`, `…/reason-parent`, `…/reason-cycle`, `…/reason-has-children`.
   */
  putReason(reason: Reason): void;
  /** The same for several, all or none, in any order. */
  putReasons(reasons: readonly Reason[]): void;
  /** @throws EngineError `config/no-reason`, `config/reason-has-children`. */
  retireReason(reasonId: string, atMs: number): void;
  readCopied(): CopiedConfiguration;
  /** Another number whenever another connection, of this program or another one, has changed the file. */
  changeMark(): number;
  close(): void;
}

/**
 * Opens the file, or makes it with the default reasons.
 * @throws EngineError `config/store-newer`, `config/store-damaged`, `config/store-failed`.
 */
export function openConfigurationStore(file: string, nativeBinding?: string): ConfigurationStore {
  const db = openConfigurationFile(file, (fresh) => new ReasonTable(fresh).put(DEFAULT_REASONS), nativeBinding);
  const revisions = new RevisionTable(db);
  const equipment = new EquipmentTables(db);
  const people = new PersonTable(db);
  const reasons = new ReasonTable(db);
  const guarded = <T>(work: () => T): T => translating(file, work);
  /** Immediate: what is read in it is what the write is judged by, whoever else writes. */
  const inTransaction = <T>(work: () => T): T => guarded(() => db.transaction(work).immediate());

  const find = (revision: number): StoredRevision => {
    const found = guarded(() => revisions.read(revision));
    if (found !== undefined) return found;
    const text = `there is no revision ${revision} of the site: lineside config revisions lists them`;
    throw new EngineError('config/no-revision', text, { revision });
  };

  const putReasons = (list: readonly Reason[]): void => {
    const accepted = list.map((reason) => acceptEntry(Reason, reason, 'config/reason-invalid'));
    inTransaction(() => reasons.put(accepted));
  };

  return {
    applySite: (site, { who, atMs, source }) =>
      inTransaction(() => {
        refuseSecrets(site);
        const document = toCanonicalJson(site);
        const before = revisions.newest();
        if (before?.document === document) return { phase: 'unchanged', revision: before.revision };
        const revision = (before?.revision ?? 0) + 1;
        const sha256 = createHash('sha256').update(document).digest('hex');
        revisions.add({ revision, document, sha256, changedBy: who, changedAtMs: atMs, source });
        crashPoint('mid-site-revision');
        equipment.replace(site, revision, atMs);
        return { phase: 'applied', revision, difference: compareDocuments(before?.document ?? '{}', document) };
      }),
    revisions: ({ beforeRevision = Number.MAX_SAFE_INTEGER, maxCount }) =>
      guarded(() => revisions.list(beforeRevision, maxCount)),
    readRevision: (revision) => {
      const found = find(revision);
      return { ...found, site: parseDocument(found) };
    },
    compareRevisions: (from, to) => compareDocuments(find(from).document, find(to).document),
    people: () => guarded(() => people.list()),
    addPerson: (person) => {
      const { personId, name, role } = acceptEntry(Person, { ...person, retiredAtMs: null }, 'config/person-invalid');
      inTransaction(() => people.add({ personId, name, role }));
    },
    retirePerson: (personId, atMs) => inTransaction(() => people.retire(personId, atMs)),
    reasons: () => guarded(() => reasons.list()),
    putReason: (reason) => putReasons([reason]),
    putReasons,
    retireReason: (reasonId, atMs) => inTransaction(() => reasons.retire(reasonId, atMs)),
    // In one transaction: never a machine of a line that is not there yet.
    readCopied: () =>
      guarded(() =>
        db.transaction(() => ({
          lines: equipment.lines(),
          machines: equipment.machines(),
          reasons: reasons.list(),
        }))(),
      ),
    changeMark: () => guarded(() => Number(db.pragma('data_version', { simple: true }))),
    close: () => void db.close(),
  };
}
