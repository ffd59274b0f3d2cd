import type { EngineSnapshot } from '../../../shared/domain/engine-snapshot.ts';
import type { TagRow } from '../../../shared/domain/listings.ts';
import type { Quality } from '../../../shared/domain/quality.ts';
import { countText, DASH, plural, rateText } from '../../components/number-text.ts';
import type { StatView } from '../../components/stat-strip.tsx';
import { ageText } from '../../components/time-text.ts';
import { toConnectionTrouble } from '../overview/connection-trouble.ts';

export interface TagRowView {
  readonly machine: string;
  readonly metric: string;
  readonly role: string;
  readonly value: string;
  readonly unit: string;
  readonly datatype: string;
  /** Null before the first value. */
  readonly quality: Quality | null;
  readonly age: string;
  readonly node: string;
  /** Style of the row: what is not good is seen while scrolling. */
  readonly tone: 'stale' | 'bad' | 'none' | undefined;
}

/** A text without letters is a value; nothing on screen would look like none. */
const EMPTY_TEXT = '""';

/** A tag with its last value; ages tick with `nowMs`, the engine's clock. */
export function toTagRowView(row: TagRow, nowMs: number): TagRowView {
  const { last } = row;
  const view = {
    machine: row.machineId,
    metric: row.metricName,
    role: row.role === 'value' ? '' : row.role.replaceAll('-', ' '),
    datatype: row.datatype,
    node: row.node,
  };
  if (last === null) {
    return { ...view, value: `${DASH} no value yet`, unit: '', quality: null, age: DASH, tone: 'none' };
  }
  return {
    ...view,
    value: last.value === '' ? EMPTY_TEXT : (last.value ?? `${DASH} no value`),
    unit: last.value === null ? '' : (row.unit ?? ''),
    quality: last.quality,
    age: ageText(nowMs - last.sourceTimestampMs),
    tone: last.quality === 'stale' ? 'stale' : last.quality === 'bad' ? 'bad' : undefined,
  };
}

/** One figure per server, with what it cannot deliver. */
export function toServerStats({ servers }: EngineSnapshot, nowMs: number): readonly StatView[] {
  return servers.map((server) => {
    const trouble = toConnectionTrouble(server.state, nowMs);
    const firstBad = server.badTags[0];
    const bad =
      server.badCount === 0
        ? 'all good'
        : `${countText(server.badCount)} bad${firstBad === undefined ? '' : `, first ${firstBad.tagId}: ${firstBad.reason}`}`;
    return {
      title: `${server.serverId} ${server.endpointUrl}`,
      figure: trouble === null ? countText(server.goodCount) : trouble.word,
      unit: trouble === null ? `of ${plural(server.tagCount, 'tag')} good` : trouble.elapsed,
      basis:
        trouble === null
          ? `${bad}, ${rateText(server.changesPerS)}`
          : `${trouble.text} ${trouble.nextTry ?? ''}`.trim(),
      tone: trouble !== null && server.state.phase !== 'connecting' ? 'broken' : server.badCount > 0 ? 'look' : 'calm',
      testId: `server-${server.serverId}`,
    };
  });
}
