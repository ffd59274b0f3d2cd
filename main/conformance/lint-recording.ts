import type { Finding } from '../sparkplug/lint/finding-log.ts';
import { SparkplugLinter } from '../sparkplug/lint/linter.ts';
import { nameWho } from '../sparkplug/lint/traffic.ts';
import type { Recording } from './recording.ts';

/** Sent by the scenario in the place of a host, and wrong on purpose where the engine has to bear it. */
const COMMANDS: readonly string[] = ['NCMD', 'DCMD'];

/**
 * What the lint for live traffic finds in what an independent subscriber heard of our edge node: the second opinion on
 * the suite, by rules that were written apart from it. One sentence for each finding.
 */
export function lintEdgeNode({ scenario, groupId, edgeNodeId, heard }: Recording): readonly string[] {
  const linter = new SparkplugLinter();
  for (const { topic, payload, qos, isRetained, atMs, broker } of heard) {
    linter.take({ topic, payload, qos, retain: isRetained, atMs, brokerUrl: `broker ${broker}` });
  }
  const isOurs = ({ who, verb }: Finding): boolean =>
    who.kind === 'node' && who.groupId === groupId && who.edgeNodeId === edgeNodeId && !COMMANDS.includes(verb);
  return linter
    .report()
    .findings.filter(isOurs)
    .map(({ rule, who, verb, text }) => `${scenario}, ${nameWho(who)}, ${verb}: ${rule}: ${text}`);
}
