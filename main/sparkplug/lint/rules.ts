import { HOST_RULES } from './host-rules.ts';
import { METRIC_RULES } from './metric-rules.ts';
import type { Rule } from './rule.ts';
import { SESSION_RULES } from './session-rules.ts';
import { STRUCTURE_RULES } from './structure-rules.ts';
import { TOPIC_RULES } from './topic-rules.ts';

const ALL = { ...TOPIC_RULES, ...SESSION_RULES, ...METRIC_RULES, ...STRUCTURE_RULES, ...HOST_RULES };

export type RuleKey = keyof typeof ALL;

/** Every rule of the lint: what it costs to break it, what to do, and the assertions of Sparkplug behind it. */
export const RULES: Readonly<Record<RuleKey, Rule>> = ALL;
