import { decodePayload } from './decode-payload.ts';
import { REBIRTH_METRIC } from './payload.ts';

export type EdgeNodeCommand =
  | { readonly kind: 'rebirth' }
  | { readonly kind: 'not-understood'; readonly reason: string }
  /** Nothing that this node offers for writing. */
  | { readonly kind: 'ignored'; readonly metricNames: readonly string[] };

/**
 * What an NCMD asks for. Timestamp, datatype and QoS of a rebirth request do not matter; `false` asks for nothing
 * (tck-id-operational-behavior-data-commands-ncmd-rebirth-value).
 */
export function parseEdgeNodeCommand(bytes: Uint8Array): EdgeNodeCommand {
  const result = decodePayload(bytes);
  if (result.kind === 'fault') return { kind: 'not-understood', reason: result.reason };
  const { metrics } = result.payload;
  const isRebirth = metrics.some((metric) => metric.name === REBIRTH_METRIC && metric.wireValue === true);
  if (isRebirth) return { kind: 'rebirth' };
  return { kind: 'ignored', metricNames: metrics.map(({ name, alias }) => name ?? `alias ${alias ?? 'missing'}`) };
}
