import { BDSEQ_METRIC, type Payload, type PayloadMetric } from '../payload.ts';
import type { Report } from './finding-log.ts';

const INT64 = 4;

/** The bdSeq of an NBIRTH or NDEATH where it can be read, with a finding where it is not as required. */
export function readBdSeq(payload: Payload, verb: 'NBIRTH' | 'NDEATH', report: Report): number | undefined {
  const metric = payload.metrics.find(({ name }) => name === BDSEQ_METRIC);
  if (metric === undefined) {
    if (verb === 'NBIRTH') report('bdseq-missing', 'NBIRTH has no metric bdSeq, required is one');
    return undefined;
  }
  const value = toNumber(metric);
  const fault = findFault(metric, value);
  if (fault !== undefined) report('bdseq-type', `bdSeq of ${verb} ${fault}`);
  return value;
}

const toNumber = ({ wireKind, wireValue }: PayloadMetric): number | undefined =>
  (wireKind === 'long' || wireKind === 'int') && (typeof wireValue === 'bigint' || typeof wireValue === 'number')
    ? Number(wireValue)
    : undefined;

function findFault({ datatype, wireKind }: PayloadMetric, value: number | undefined): string | undefined {
  if (value === undefined) return `stands in ${wireKind}, required is long_value`;
  if (wireKind !== 'long') return 'stands in int_value, required is long_value';
  if (datatype !== undefined && datatype !== INT64) return `has datatype ${datatype}, required is Int64 (4)`;
  return value > 255 ? `is ${value}, required is 0 to 255` : undefined;
}
