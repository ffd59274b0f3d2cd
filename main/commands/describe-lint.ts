import type { Finding } from '../sparkplug/lint/finding-log.ts';
import type { LintReport } from '../sparkplug/lint/linter.ts';
import { nameWho } from '../sparkplug/lint/traffic.ts';
import { printable } from './printable.ts';

const SEVERITIES = ['must', 'should', 'advice'] as const;

const time = (atMs: number): string => new Date(atMs).toISOString();

export function countFindings({ findings }: LintReport): Readonly<Record<Finding['severity'], number>> {
  const count = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return { must: count('must'), should: count('should'), advice: count('advice') };
}

/** `12,345 messages, 3 findings (must 2, should 1, advice 0)` */
export function summarise(report: LintReport): string {
  const { must, should, advice } = countFindings(report);
  const counts = `must ${must}, should ${should}, advice ${advice}`;
  return `${report.messageCount} messages, ${report.findings.length} findings (${counts})`;
}

function describeFinding(finding: Finding): string {
  const { severity, rule, verb, seq, position, atMs, count, lastAtMs, text, remedy, assertions, metricNames } = finding;
  const place = `${verb}${seq === undefined ? '' : ` seq ${seq}`}, message ${position + 1}, ${time(atMs)}`;
  const times = count === 1 ? '' : `, ${count} times, last ${time(lastAtMs)}`;
  const [, ...others] = metricNames;
  return [
    `  ${severity.toUpperCase().padEnd(6)} ${rule}  (${place}${times})`,
    `         seen:  ${printable(text)}`,
    ...(others.length === 0 ? [] : [`         also:  ${printable(others.join(', '))}`]),
    `         do:    ${remedy}`,
    `         by:    ${assertions.join(', ')}`,
  ].join('\n');
}

/** Findings grouped by whom they are about, the gravest first; then what could not be judged, and the summary. */
export function describeLint(report: LintReport): string {
  const groups = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    const who = nameWho(finding.who);
    groups.set(who, [...(groups.get(who) ?? []), finding]);
  }
  const lines: string[] = [];
  for (const [who, findings] of [...groups].toSorted(([one], [other]) => one.localeCompare(other))) {
    lines.push(printable(who));
    for (const severity of SEVERITIES) {
      lines.push(...findings.filter((finding) => finding.severity === severity).map(describeFinding));
    }
    lines.push('');
  }
  for (const { name, messageCount } of report.unseenBirths) {
    lines.push(printable(`${name}: birth not seen, ${messageCount} messages were held against part of the rules only`));
  }
  if (report.uncountedCount > 0) lines.push(`${report.uncountedCount} more breaches are not listed: too many differ`);
  return [...lines, summarise(report)].join('\n');
}
