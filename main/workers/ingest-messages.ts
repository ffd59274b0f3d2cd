import type { HostModelPage, HostModelQuery } from '../../shared/domain/host-model.ts';
import type { ShiftRevised } from '../../shared/domain/oee-action.ts';
import type { IngestStageSnapshot } from '../engine/ports.ts';
import type { OeeAnswer, OeeQuestion } from './oee-calls.ts';

/** What the engine asks of the ingest thread. */
export type IngestRequest =
  | { readonly kind: 'stop' }
  /** Answered by a `model` with the same id. */
  | { readonly kind: 'model'; readonly id: number; readonly query: HostModelQuery }
  /** Answered by an `oee` with the same id. */
  | { readonly kind: 'oee'; readonly id: number; readonly question: OeeQuestion };

/** What the ingest thread tells. */
export type IngestReport =
  | { readonly kind: 'started' }
  | { readonly kind: 'snapshot'; readonly snapshot: IngestStageSnapshot }
  | { readonly kind: 'model'; readonly id: number; readonly page: HostModelPage }
  | { readonly kind: 'oee'; readonly id: number; readonly answer: OeeAnswer }
  | { readonly kind: 'shift-revised'; readonly revised: ShiftRevised }
  | { readonly kind: 'stopped' };
