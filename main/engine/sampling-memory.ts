import { z } from 'zod';
import { SamplingChange, SamplingCost } from '../../shared/domain/sampling-snapshot.ts';
import { EMPTY_LEDGER, resumeLedger, type SamplingLedger } from '../backpressure/sampling-ledger.ts';
import type { ChangeStore } from './ports.ts';

const SAMPLING = 'samplingLedger';
const Stored = z.object({ changes: z.array(SamplingChange), total: SamplingCost });

/** What earlier runs did and what it cost; text that is not ours to read counts as none. */
export async function readSamplingLedger(store: Pick<ChangeStore, 'readSetting'>): Promise<SamplingLedger> {
  const text = await store.readSetting(SAMPLING);
  if (text === undefined) return EMPTY_LEDGER;
  try {
    return resumeLedger(Stored.parse(JSON.parse(text)));
  } catch {
    return EMPTY_LEDGER;
  }
}

/** Replaces what is kept of the ledger. */
export async function writeSamplingLedger(
  store: Pick<ChangeStore, 'writeSetting'>,
  { changes, total }: SamplingLedger,
): Promise<void> {
  await store.writeSetting(SAMPLING, JSON.stringify({ changes, total }));
}
