import type { HostModelPage, HostModelQuery } from '../../shared/domain/host-model.ts';
import type { IngestStageSnapshot } from '../engine/ports.ts';

/** What the engine asks of the ingest thread. */
export type IngestRequest =
  | { readonly kind: 'stop' }
  /** Answered by a `model` with the same id. */
  | { readonly kind: 'model'; readonly id: number; readonly query: HostModelQuery };

/** What the ingest thread tells. */
export type IngestReport =
  | { readonly kind: 'started' }
  | { readonly kind: 'snapshot'; readonly snapshot: IngestStageSnapshot }
  | { readonly kind: 'model'; readonly id: number; readonly page: HostModelPage }
  | { readonly kind: 'stopped' };
