import type { AssertionId } from '../assertions.ts';
import { idsOf, type Severity } from './rule.ts';
import { type RuleKey, RULES } from './rules.ts';
import { nameWho, type SeenVerb, type Who } from './traffic.ts';

/** Where in the traffic something was seen. */
export interface Place {
  readonly who: Who;
  readonly brokerUrl: string;
  readonly verb: SeenVerb;
  readonly seq: number | undefined;
  /** Messages taken before this one, of all publishers. */
  readonly position: number;
  readonly atMs: number;
}

/** A rule broken by one publisher with one verb; said once and counted after that. */
export interface Finding extends Place {
  readonly rule: RuleKey;
  readonly severity: Severity;
  readonly assertions: readonly AssertionId[];
  /** What was seen against what is required, of the first time. */
  readonly text: string;
  readonly remedy: string;
  readonly count: number;
  readonly lastAtMs: number;
  /** The first metrics that it was found at. */
  readonly metricNames: readonly string[];
}

export type Report = (rule: RuleKey, text: string, metricName?: string) => void;

const MAX_METRIC_NAMES = 5;
const MAX_TEXT_LENGTH = 300;

const cut = (text: string): string => (text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text);

/** Findings in the order of their first time; memory is bounded by `maxFindings`. */
export class FindingLog {
  readonly #findings = new Map<string, Finding>();
  readonly #maxFindings: number;
  /** Breaches that were not kept because the log is full. */
  uncountedCount = 0;

  constructor(maxFindings: number) {
    this.#maxFindings = maxFindings;
  }

  get findings(): readonly Finding[] {
    return [...this.#findings.values()];
  }

  add(place: Place, key: RuleKey, text: string, metricName?: string): void {
    const id = `${place.brokerUrl}\n${key}\n${place.verb}\n${nameWho(place.who)}`;
    const known = this.#findings.get(id);
    if (known !== undefined) {
      this.#findings.set(id, again(known, place.atMs, metricName));
      return;
    }
    if (this.#findings.size >= this.#maxFindings) {
      this.uncountedCount += 1;
      return;
    }
    const rule = RULES[key];
    this.#findings.set(id, {
      ...place,
      rule: key,
      severity: rule.severity,
      assertions: idsOf(rule, place.verb),
      text: cut(text),
      remedy: rule.remedy,
      count: 1,
      lastAtMs: place.atMs,
      metricNames: metricName === undefined ? [] : [cut(metricName)],
    });
  }
}

function again(known: Finding, atMs: number, metricName: string | undefined): Finding {
  const { metricNames } = known;
  const isNew = metricName !== undefined && !metricNames.includes(cut(metricName));
  const names = isNew && metricNames.length < MAX_METRIC_NAMES ? [...metricNames, cut(metricName)] : metricNames;
  return { ...known, count: known.count + 1, lastAtMs: atMs, metricNames: names };
}
