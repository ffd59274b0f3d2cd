import type { HostModelPage } from '../../shared/domain/host-model.ts';
import { EngineError } from '../platform/engine-error.ts';
import type { IngestStage, IngestStageSnapshot, OeeDesk } from './ports.ts';

/** What there is to say of an ingest stage that does not run. */
export const NO_INGEST: IngestStageSnapshot = {
  ingest: {
    broker: { phase: 'stopped' },
    brokers: [],
    isOnline: false,
    receivedPerS: 0,
    nodes: [],
    rebirthRequestCount: 0,
    faultCount: 0,
  },
  historian: {
    state: { phase: 'stopped' },
    rowsPerS: 0,
    insertedCount: 0,
    duplicateCount: 0,
    waitingCount: 0,
    waitingBytes: 0,
    oldestWaitMs: null,
    rejectedCount: 0,
    quarantinedCount: 0,
  },
  latencyToHistorian: { toHistorian: null, histogram: [] },
  oee: null,
};

/** What is known of edge nodes where no host runs. */
export const NO_MODEL: HostModelPage = { nodeCount: 0, nodes: [], rowCount: 0, rows: [] };

const refuse = (): Promise<never> =>
  Promise.reject(
    new EngineError(
      'oee/not-here',
      'The site file names no historian, so this gateway only sends: shifts are kept where the primary host runs.',
    ),
  );

const absentOee: OeeDesk = {
  shift: refuse,
  shifts: refuse,
  explain: refuse,
  samples: refuse,
  act: refuse,
  reasonUsage: refuse,
  onRevised: () => () => undefined,
};

/** In place of ingest at a gateway that only sends: the primary host runs on another computer. */
export const absentIngest: IngestStage = {
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  snapshot: () => NO_INGEST,
  modelPage: () => Promise.resolve(NO_MODEL),
  oee: absentOee,
};
