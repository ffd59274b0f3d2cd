import type { EvidenceColumns } from '../../shared/oee/evidence-columns.ts';
import type { TimeRange } from '../../shared/oee/time-class.ts';
import type { OeeSite } from './oee-site.ts';
import type { EvidenceReader } from './oee-store.ts';
import { type AccountedMachine, toAccountedMachines } from './shift-accounts.ts';

/** Machines with what was heard of them in a range, and what held when it began. */
export async function loadMachines(
  site: OeeSite,
  reader: EvidenceReader,
  range: TimeRange,
  only: (machineId: string) => boolean = () => true,
): Promise<AccountedMachine[]> {
  const machines = toAccountedMachines(site).filter(({ machineId }) => only(machineId));
  fillLedgers(machines, await readEvidence(machines, reader, range, true));
  return machines;
}

const readEvidence = (
  machines: readonly AccountedMachine[],
  reader: EvidenceReader,
  range: TimeRange,
  withBefore: boolean,
): Promise<EvidenceColumns[]> =>
  reader.readEvidence({
    machineIds: machines.map(({ machineId }) => machineId),
    metricNames: metricNamesOf(machines),
    ...range,
    withBefore,
  });

/** Metrics that OEE is computed from, each once. */
export const metricNamesOf = (machines: readonly AccountedMachine[]): string[] => [
  ...new Set(machines.flatMap(({ ledger }) => ledger.metricNames)),
];

function fillLedgers(machines: readonly AccountedMachine[], blocks: readonly EvidenceColumns[]): void {
  const byId = new Map(machines.map(({ machineId, ledger }) => [machineId, ledger]));
  for (const block of blocks) byId.get(block.machineId)?.load(block);
}

interface Wanted<T> {
  readonly range: TimeRange;
  readonly item: T;
}

/**
 * Machines with the evidence of one range after the other. Ranges are sorted by their start: what one shares with the
 * one before is not read again, and while one is computed the next is read.
 */
export async function* loadInTurn<T>(
  site: OeeSite,
  reader: EvidenceReader,
  wanted: readonly Wanted<T>[],
): AsyncGenerator<{ readonly item: T; readonly machines: readonly AccountedMachine[] }, void, undefined> {
  let machines = toAccountedMachines(site);
  const readPart = (index: number): { isNew: boolean; blocks: Promise<EvidenceColumns[]> } | undefined => {
    const range = wanted[index]?.range;
    if (range === undefined) return undefined;
    const knownToMs = wanted[index - 1]?.range.toMs ?? Number.NEGATIVE_INFINITY;
    const isNew = range.fromMs > knownToMs;
    const missing = isNew ? range : { fromMs: knownToMs, toMs: Math.max(knownToMs, range.toMs) };
    const blocks = readEvidence(machines, reader, missing, isNew);
    // It is awaited in its turn; until then nobody listens.
    blocks.catch(() => undefined);
    return { isNew, blocks };
  };
  let part = readPart(0);
  for (let index = 0; part !== undefined; index += 1) {
    const blocks = await part.blocks;
    const { range, item } = wanted[index] ?? {};
    if (range === undefined) return;
    if (part.isNew) machines = toAccountedMachines(site);
    else for (const { ledger } of machines) ledger.forgetBefore(range.fromMs);
    fillLedgers(machines, blocks);
    part = readPart(index + 1);
    // The item of a range that exists.
    yield { item: item as T, machines };
  }
}
