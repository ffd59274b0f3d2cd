import list from './assertions.json' with { type: 'json' };

/**
 * The 299 testable assertions of the Sparkplug 3.0 specification by their id, each with whom it binds. `text` is our
 * short form of the rule that an id belongs to; several ids may say the same.
 */
export type AssertionId = keyof typeof list.ids;

type AssertionSide = 'edge' | 'host' | 'broker';

export interface Assertion {
  readonly id: AssertionId;
  /** Broker: not ours, the server answers for it. */
  readonly side: AssertionSide;
  readonly level: 'must' | 'should' | 'may';
  readonly text: string;
  /** Of our guide, such as 1.4. */
  readonly section: string;
}

const rules = new Map(Object.entries(list.rules));

function toAssertion(id: string, ruleKey: string): Assertion {
  const rule = rules.get(ruleKey);
  if (rule === undefined) throw new Error(`assertion ${id} names no rule: ${ruleKey}`);
  // The list is the only source of ids and of the closed values beside them; a test walks through all of it.
  return { id, ...rule, section: ruleKey.split('-')[0] } as Assertion;
}

/** All of them, in the order of our guide's sections: edge node, host, broker. */
export const assertions: readonly Assertion[] = Object.entries(list.ids).map(([id, key]) => toAssertion(id, key));
