import type {
  AuthorityOrder,
  CertificateDeed,
  CertificateOverview,
  DoctorNews,
  DoctorOrder,
  InstallOrder,
  IssueOrder,
  LinkOrder,
  RevokeOrder,
  TrustOrder,
} from '../../shared/domain/certificate-desk.ts';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { EquipmentShift, ShiftKey, ShiftLine, ShiftListQuery } from '../../shared/domain/equipment-shift.ts';
import type { HostModelPage, HostModelQuery } from '../../shared/domain/host-model.ts';
import type { LossEntry, PageQuery, QueuePage, QueueQuery, TagPage } from '../../shared/domain/listings.ts';
import type { OeeAction, OeeActionResult, ShiftRevised } from '../../shared/domain/oee-action.ts';
import type { ExplainQuery, Explanation, SampleLine, SamplesQuery } from '../../shared/domain/oee-explanation.ts';
import type { Person } from '../../shared/domain/person.ts';
import type { Reason } from '../../shared/domain/reason.ts';
import type { ReasonImport, ReasonImportResult } from '../../shared/domain/reason-csv.ts';
import type { ReasonUsage } from '../../shared/domain/reason-usage.ts';
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
} from '../../shared/domain/site-edit.ts';

/** What the window reads of the engine. Summaries and pages only: raw samples never cross to the window. */
interface WorkbenchEngine {
  /** The last snapshot, null before the first. */
  readSnapshot(): EngineSnapshot | null;
  /** A few times a second; the last one wins. The returned function ends it. */
  onSnapshot(listener: (snapshot: EngineSnapshot) => void): () => void;
  queuePage(query: QueueQuery): Promise<QueuePage>;
  sendAgain(): boolean;
  losses(): Promise<readonly LossEntry[]>;
  tagPage(query: PageQuery): Promise<TagPage>;
  hostModelPage(query: HostModelQuery): Promise<HostModelPage>;
  /** Shifts with everything behind them; rejects with an EngineError `oee/…` or `historian/…`. */
  readonly oee: {
    shift(key: ShiftKey): Promise<EquipmentShift>;
    shifts(query: ShiftListQuery): Promise<ShiftLine[]>;
    explain(query: ExplainQuery): Promise<Explanation>;
    samples(query: SamplesQuery): Promise<SampleLine[]>;
    act(action: OeeAction): Promise<OeeActionResult>;
    reasonUsage(query: { readonly days: number }): Promise<ReasonUsage[]>;
    onRevised(listener: (revised: ShiftRevised) => void): () => void;
  };
  /** @throws EngineError `config/…` where the configuration cannot be read. */
  readonly configuration: {
    reasons(): readonly Reason[];
    putReasons(reasons: readonly Reason[]): void;
    retireReason(reasonId: string, atMs: number): void;
    importReasons(order: ReasonImport): ReasonImportResult;
    people(): readonly Person[];
    addPerson(person: Omit<Person, 'retiredAtMs'>): void;
    retirePerson(personId: string, atMs: number): void;
  };
  /** The site file and its earlier forms. @throws EngineError `config/…`. */
  readonly site: {
    read(): SiteView;
    plan(edit: SiteEdit): Promise<SiteEditResult>;
    apply(edit: SignedSiteEdit): Promise<SiteEditResult>;
    revisions(): SiteRevisionLine[];
    planRollback(rollback: SiteRollbackPlan): Promise<SiteEditResult>;
    difference(pair: RevisionPair): SiteDifferenceView;
    rollback(rollback: SiteRollback): Promise<SiteEditResult>;
  };
  /** Certificates of this gateway, the authority of the site where it is here, and the doctor. @throws EngineError `certificates/…`. */
  readonly certificates: {
    list(): Promise<CertificateOverview>;
    initAuthority(order: AuthorityOrder): Promise<CertificateDeed>;
    issue(order: IssueOrder): Promise<CertificateDeed>;
    equip(order: LinkOrder): Promise<CertificateDeed>;
    request(order: LinkOrder): Promise<CertificateDeed>;
    install(order: InstallOrder): Promise<CertificateDeed>;
    renew(order: LinkOrder): Promise<CertificateDeed>;
    revoke(order: RevokeOrder): Promise<CertificateDeed>;
    judgeServer(order: TrustOrder): Promise<CertificateDeed>;
    /** Answers the number of the run at once; news come until one is not `running`. */
    examine(order: DoctorOrder, onNews: (news: DoctorNews) => void): number;
    cancel(runId: number): void;
  };
}

export interface StoppableEngine extends WorkbenchEngine {
  /** Told when the engine cannot go on by itself; what was accepted is on disk. */
  onFailed(listener: (error: Error) => void): () => void;
  /** Finishes what was promised (rows to disk, births to deaths); safe to call while starting. */
  stop(): Promise<void>;
}

/** The engine as the window sees it over time; a failed start is a state, not an absence. */
export type EnginePhase =
  | { readonly phase: 'starting' }
  | { readonly phase: 'running'; readonly engine: StoppableEngine }
  | { readonly phase: 'failed'; readonly code: string; readonly text: string }
  /** It ran, could not go on, and is started again. */
  | { readonly phase: 'restarting'; readonly code: string; readonly text: string };
