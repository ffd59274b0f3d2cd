import type { Datatype, TagId } from '../../shared/domain/metric.ts';
import type { MappedTag } from '../mapping/tag-map.ts';

/** What a source has to know of a tag. */
export interface SampledTag {
  readonly tagId: TagId;
  /** With its namespace URI. */
  readonly node: string;
  readonly datatype: Datatype;
  /** 0 asks for every change. */
  readonly samplingIntervalMs: number;
  readonly queueSize: number;
  readonly isExempt: boolean;
  readonly deadbandAbsolute?: number;
  readonly deadbandPercent?: number;
}

export const toSampledTag = (tag: MappedTag): SampledTag => ({
  tagId: tag.tagId,
  node: tag.config.node,
  datatype: tag.datatype,
  samplingIntervalMs: tag.samplingIntervalMs,
  queueSize: tag.queueSize,
  isExempt: tag.isExempt,
  ...(tag.deadbandAbsolute === undefined ? {} : { deadbandAbsolute: tag.deadbandAbsolute }),
  ...(tag.deadbandPercent === undefined ? {} : { deadbandPercent: tag.deadbandPercent }),
});
