import { z } from 'zod';
import { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';

/** The names of the two files in the data folder. */
export const STATUS_FILE = 'status.json';
export const METRICS_FILE = 'metrics.prom';

/** What a gateway leaves in its data folder for `lineside status`. */
export const StatusRecord = z.object({
  format: z.literal(1),
  phase: z.enum(['running', 'stopped']),
  processId: z.number(),
  hostName: z.string().describe('A process id means nothing on another computer or in another container.'),
  writtenAtMs: z.number(),
  snapshot: EngineSnapshot,
});
export type StatusRecord = z.infer<typeof StatusRecord>;
