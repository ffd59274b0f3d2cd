import type { MetricValue, TagId } from '../shared/domain/metric.ts';
import { CommandDesk } from './engine/command-desk.ts';
import type { NamedSource } from './engine/edge-pipeline.ts';
import type { CommandSource, WriteResult } from './engine/ports.ts';
import type { Mapping } from './mapping/mapping.ts';
import { toTagId } from './mapping/tag-map.ts';
import type { Clock } from './platform/clock.ts';
import type { Log } from './platform/log.ts';

/** A source whose tags can also be written. */
export interface WritableSource extends NamedSource {
  readonly source: NamedSource['source'] & {
    write(tagId: TagId, value: Exclude<MetricValue, null>): Promise<WriteResult>;
  };
}

/** From commands of the broker to the servers that have the tags. */
export function composeCommands(parts: {
  readonly edgeNode: CommandSource;
  readonly mapping: Pick<Mapping, 'tag'>;
  readonly sources: readonly WritableSource[];
  readonly clock: Clock;
  readonly log: Log;
}): CommandDesk {
  const { edgeNode, mapping, sources, clock, log } = parts;
  return new CommandDesk({
    edgeNode,
    findTag(deviceId, metricName) {
      const tag = mapping.tag(toTagId(deviceId, metricName));
      return tag && { tagId: tag.tagId, serverId: tag.serverId, isWritable: tag.config.writable === true };
    },
    async write({ tagId, serverId }, value) {
      const named = sources.find((source) => source.serverId === serverId);
      if (named === undefined)
        return { phase: 'refused', reason: 'server-away', text: `there is no server ${serverId}` };
      return named.source.write(tagId, value);
    },
    clock,
    log,
  });
}
