import type { HostMetricRow } from '../../shared/domain/host-model.ts';
import type { SeenMetric } from '../sparkplug/host-node.ts';
import { describePayloadValue, toJsonValue } from '../sparkplug/payload-json.ts';
import { printable } from './printable.ts';

/** Names a node, or a device of it. */
interface PlantPlace {
  readonly groupId: string;
  readonly edgeNodeId: string;
  readonly deviceId: string | null;
}

/** What `sparkplug watch` has to say, in the order it is seen. */
export type PlantNews =
  | { readonly kind: 'connection'; readonly atMs: number; readonly isConnected: boolean; readonly text: string }
  | (PlantPlace & {
      readonly kind: 'presence';
      readonly atMs: number;
      readonly isOnline: boolean;
      readonly because: string;
    })
  | (PlantPlace & {
      readonly kind: 'birth';
      readonly atMs: number;
      readonly bdSeq: number | null;
      readonly rows: readonly HostMetricRow[];
    })
  | { readonly kind: 'duplicate-node'; readonly atMs: number; readonly node: string; readonly isFound: boolean }
  | { readonly kind: 'metric'; readonly atMs: number; readonly metric: SeenMetric }
  | {
      readonly kind: 'fault';
      readonly atMs: number;
      readonly node: string;
      readonly reason: string;
      readonly detail: string;
    };

const isoTime = (atMs: number): string => new Date(atMs).toISOString();
/** Any number may stand in a message; only some of them are dates. */
const shownTime = (timestampMs: number | null): string =>
  timestampMs === null ? 'no time' : Math.abs(timestampMs) <= 8.64e15 ? isoTime(timestampMs) : `${timestampMs} ms`;

const toPath = ({ groupId, edgeNodeId, deviceId }: PlantPlace): string =>
  `${groupId}/${edgeNodeId}${deviceId === null ? '' : `/${deviceId}`}`;

function toRowText({ metricName, datatype, alias, value, quality, timestampMs }: HostMetricRow): string {
  const head = `${metricName}  ${datatype}${alias === null ? '' : `  #${alias}`}`;
  const mark = quality === null || quality === 'good' ? '' : `  (${quality})`;
  return `    ${head.padEnd(44)}  ${value ?? '–'}${mark}  ${shownTime(timestampMs)}`;
}

function toChangeText({ metricName, value, quality, timestampMs, isHistorical, ...place }: SeenMetric): string {
  const shown = value === undefined ? '(cannot be read)' : (describePayloadValue(value) ?? '–');
  const marks = [...(quality === 'good' ? [] : [quality]), ...(isHistorical ? ['historical'] : [])];
  const mark = marks.length === 0 ? '' : `  (${marks.join(', ')})`;
  return `${toPath(place)}/${metricName} = ${shown}${mark}  ${shownTime(timestampMs)}`;
}

/** Lines for a terminal. */
export function toPlantText(news: PlantNews): string[] {
  const at = isoTime(news.atMs).slice(11, 23);
  switch (news.kind) {
    case 'connection':
      return [printable(`${at}  ${news.isConnected ? 'connected' : 'away'}: ${news.text}`)];
    case 'presence':
      return [printable(`${at}  ${toPath(news)} is ${news.isOnline ? 'online' : 'offline'} (${news.because})`)];
    case 'birth': {
      const bdSeq = news.deviceId === null ? `, bdSeq ${news.bdSeq ?? 'missing'}` : '';
      const head = `${at}  ${toPath(news)} is born: ${news.rows.length} metrics${bdSeq}`;
      return [head, ...news.rows.map(toRowText)].map(printable);
    }
    case 'metric':
      return news.metric.isBirth ? [] : [printable(`${at}  ${toChangeText(news.metric)}`)];
    case 'duplicate-node': {
      const found = 'two programs speak as this node: stop one of them, or give it another id';
      return [printable(`${at}  ${news.node}: ${news.isFound ? found : 'is one program again'}`)];
    }
    case 'fault':
      if (news.reason === 'data-before-birth') {
        const hint = 'its data cannot be read before its births are seen; --rebirth asks for them';
        return [printable(`${at}  ${news.node}: ${hint}`)];
      }
      return [printable(`${at}  ${news.node}: ${news.reason}: ${news.detail}`)];
  }
}

/** One JSON object: 64-bit integers, NaN and infinities as text, bytes as base64. */
export function toPlantJson(news: PlantNews): string {
  if (news.kind !== 'metric') return JSON.stringify({ ...news, time: isoTime(news.atMs) });
  const { metric, kind, atMs } = news;
  const value = metric.value === undefined ? {} : { value: toJsonValue(metric.value) };
  return JSON.stringify({
    kind,
    atMs,
    time: isoTime(atMs),
    ...metric,
    ...value,
    isReadable: metric.value !== undefined,
  });
}
