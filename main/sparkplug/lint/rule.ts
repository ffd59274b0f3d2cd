import type { AssertionId } from '../assertions.ts';
import type { SeenVerb } from './traffic.ts';

/** `advice`: legal or not to be proved from traffic, but known to end badly. */
export type Severity = 'must' | 'should' | 'advice';

type Ids = readonly AssertionId[];

export interface Rule {
  readonly severity: Severity;
  /** What the publisher's maker should change, one sentence. */
  readonly remedy: string;
  /** The assertions of Sparkplug 3.0 that say so; some are printed once for each verb. */
  readonly ids: Ids | Readonly<Partial<Record<SeenVerb, Ids>>>;
}

const rule =
  (severity: Severity) =>
  (remedy: string, ids: Rule['ids']): Rule => ({ severity, remedy, ids });

export const must = rule('must');
export const should = rule('should');
export const advice = rule('advice');

const isList = (ids: Rule['ids']): ids is Ids => Array.isArray(ids);

/** The assertions of a rule for a message of that verb. */
export const idsOf = ({ ids }: Rule, verb: SeenVerb): Ids => (isList(ids) ? ids : (ids[verb] ?? []));

/** All assertions that a rule may cite. */
export const allIdsOf = ({ ids }: Rule): Ids => (isList(ids) ? ids : Object.values(ids).flat());
