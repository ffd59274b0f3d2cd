import { z } from 'zod';
import {
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
} from '../domain/certificate-desk.ts';
import { EngineSnapshot } from '../domain/engine-snapshot.ts';
import { EquipmentShift, ShiftKey, ShiftLine, ShiftListQuery } from '../domain/equipment-shift.ts';
import { HostModelPage, HostModelQuery } from '../domain/host-model.ts';
import { LossEntry, PageQuery, QueuePage, QueueQuery, TagPage } from '../domain/listings.ts';
import { OeeAction, OeeActionResult, ShiftRevised } from '../domain/oee-action.ts';
import { ExplainQuery, Explanation, SampleLine, SamplesQuery } from '../domain/oee-explanation.ts';
import { Person } from '../domain/person.ts';
import { Reason } from '../domain/reason.ts';
import { ReasonImport, ReasonImportResult } from '../domain/reason-csv.ts';
import { ReasonUsage } from '../domain/reason-usage.ts';
import { ShiftReportAnswer, ShiftReportOrder } from '../domain/shift-report-order.ts';
import {
  RevisionPair,
  SignedSiteEdit,
  SiteDifferenceView,
  SiteEdit,
  SiteEditResult,
  SiteRevisionLine,
  SiteRollback,
  SiteRollbackPlan,
  SiteView,
} from '../domain/site-edit.ts';
import { WorkId, WorkProgress } from '../domain/work-progress.ts';
import { event, request } from './define.ts';

const Nothing = z.undefined();

/** Every call between window and main process, once. Handlers, bridge, channels and checks derive from it. */
export const contract = {
  engine: {
    /** The last snapshot, or null while the engine starts. */
    read: request(Nothing, EngineSnapshot.nullable()),
    snapshotTaken: event(EngineSnapshot),
    /** The engine could not start: one sentence. */
    startFailed: event(z.object({ code: z.string(), text: z.string() })),
    /** The engine ran and cannot go on: one sentence, and when it is started again. Snapshots end that. */
    failed: event(z.object({ code: z.string(), text: z.string(), restartInMs: z.number() })),
  },
  queue: {
    page: request(QueueQuery, QueuePage),
    /** Sends what is not confirmed once more; false without a session, whose birth does that anyway. */
    sendAgain: request(Nothing, z.boolean()),
    losses: request(Nothing, z.array(LossEntry)),
  },
  tags: { page: request(PageQuery, TagPage) },
  /** The host's model of all edge nodes; empty where the primary host runs on another computer. */
  host: { page: request(HostModelQuery, HostModelPage) },
  /** Shifts with everything behind them, from the historian; rejects with `oee/…` and `historian/…`. */
  oee: {
    shift: request(ShiftKey, EquipmentShift),
    shifts: request(ShiftListQuery, z.array(ShiftLine)),
    explain: request(ExplainQuery, Explanation),
    samples: request(SamplesQuery, z.array(SampleLine)),
    act: request(OeeAction, OeeActionResult),
    /** Asks the person for a path and writes the report of the shift there. */
    report: request(ShiftReportOrder, ShiftReportAnswer),
    revised: event(ShiftRevised),
  },
  /** The reason tree, retired ones too, in its order. */
  reasons: {
    list: request(Nothing, z.array(Reason)),
    /** Adds or changes several, all or none; answers the whole list. What is not right rejects with `config/reason-…`. */
    put: request(z.array(z.unknown()).min(1).max(5_000), z.array(Reason)),
    /** Rejects with `config/no-reason`, `config/reason-has-children`. */
    retire: request(z.strictObject({ reasonId: z.string() }), z.array(Reason)),
    /** Of the last `REASON_USAGE_DAYS` days, the most frequent first; rejects as calls of `oee` do. */
    usage: request(Nothing, z.array(ReasonUsage)),
    /** The whole tree as a table that `importCsv` takes. */
    exportCsv: request(Nothing, z.string()),
    /** Adds and changes, and never takes one away; all rows or none. */
    importCsv: request(ReasonImport, ReasonImportResult),
  },
  /** Everybody who assigns and signs, retired ones too. */
  people: {
    list: request(Nothing, z.array(Person)),
    /** Name of the user of this computer. */
    me: request(Nothing, z.string()),
    /** Answers the whole list. What is not right rejects with `config/person-…`. */
    add: request(z.unknown(), z.array(Person)),
    retire: request(z.strictObject({ personId: z.string() }), z.array(Person)),
  },
  /** The site file as it runs, and what is edited of it in the window. */
  site: {
    read: request(Nothing, SiteView),
    /** What applying would mean; changes nothing. */
    plan: request(SiteEdit, SiteEditResult),
    apply: request(SignedSiteEdit, SiteEditResult),
    /** The newest first. */
    revisions: request(Nothing, z.array(SiteRevisionLine)),
    /** Makes an earlier site the one in force again. */
    rollback: request(SiteRollback, SiteEditResult),
    /** What rolling back would mean; changes nothing. */
    planRollback: request(SiteRollbackPlan, SiteEditResult),
    /** Rejects with `config/no-revision`. */
    difference: request(RevisionPair, SiteDifferenceView),
  },
  /**
   * Whatever takes longer than a second. The call that orders it carries a `workId` of the window's own making and is
   * answered at the end; until then its progress is told here. Rejects with `work/cancelled` when it was cancelled.
   */
  work: {
    /** What runs now, for a window that was loaded again. */
    list: request(Nothing, z.array(WorkProgress)),
    progress: event(WorkProgress),
    /** Answers at once; the work ends as soon as it can, and says so by its own call. */
    cancel: request(z.strictObject({ workId: WorkId }), Nothing),
  },
  /** Keys stay in the main process and on disk: only certificates and requests cross. Rejects with `certificates/…`. */
  certificates: {
    list: request(Nothing, CertificateOverview),
    initAuthority: request(AuthorityOrder, CertificateDeed),
    /** For others, such as the broker: key and certificate in a folder, to be carried there. */
    issue: request(IssueOrder, CertificateDeed),
    /** A key and a certificate of the authority on this computer, put where this link looks for them. */
    equip: request(LinkOrder, CertificateDeed),
    /** A key here, and a request that another authority signs. */
    request: request(LinkOrder, CertificateDeed),
    install: request(InstallOrder, CertificateDeed),
    renew: request(LinkOrder, CertificateDeed),
    revoke: request(RevokeOrder, CertificateDeed),
    judgeServer: request(TrustOrder, CertificateDeed),
    /** Starts a run of the doctor; its steps come as `examined`. */
    examine: request(DoctorOrder, z.object({ runId: z.number().int() })),
    cancel: request(z.strictObject({ runId: z.number().int() }), Nothing),
    examined: event(DoctorNews),
  },
  app: {
    about: request(Nothing, z.object({ version: z.string(), runtime: z.string(), isTestRuntime: z.boolean() })),
    theme: request(z.enum(['light', 'dark', 'system']), Nothing),
  },
} as const;

export type LinesideContract = typeof contract;
