import type { IngestStageSnapshot } from '../engine/ports.ts';

/** What the engine asks of the ingest thread. */
export interface IngestRequest {
  readonly kind: 'stop';
}

/** What the ingest thread tells. */
export type IngestReport =
  | { readonly kind: 'started' }
  | { readonly kind: 'snapshot'; readonly snapshot: IngestStageSnapshot }
  | { readonly kind: 'stopped' };
