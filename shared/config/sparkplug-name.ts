import { z } from 'zod';

/** Halves of a surrogate pair cannot be encoded as UTF-8; Node would silently write U+FFFD instead. */
export const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** What is wrong with a Sparkplug group, edge node or device id, or undefined when it is legal. */
export function findIdFault(id: string): string | undefined {
  if (id === '') return 'is empty';
  if (/[+#/]/.test(id)) return 'holds one of + # / which MQTT and Sparkplug reserve (tck-id-intro-group-id-chars)';
  if (CONTROL_CHARACTER.test(id)) return 'holds a control character';
  if (LONE_SURROGATE.test(id)) return 'is not valid UTF-8';
  if (id.length > 64) return `has ${id.length} characters, at most 64 are allowed`;
  return undefined;
}

/** What is wrong with a metric name; `/` makes folders and is legal. */
function findMetricNameFault(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (CONTROL_CHARACTER.test(name)) return 'holds a control character';
  if (LONE_SURROGATE.test(name)) return 'is not valid UTF-8';
  if (name.startsWith('/') || name.endsWith('/') || name.includes('//')) return 'has an empty folder (/)';
  if (/^(bdSeq$|Node Control\/|Device Control\/|Connection\/)/.test(name)) return 'is a name the gateway itself uses';
  if (name.length > 200) return `has ${name.length} characters, at most 200 are allowed`;
  return undefined;
}

/** What is wrong with a name for people: of the enterprise, the line, a machine, a shift. */
function findDisplayNameFault(name: string): string | undefined {
  if (name.trim() === '') return 'is empty';
  if (CONTROL_CHARACTER.test(name)) return 'holds a control character';
  if (LONE_SURROGATE.test(name)) return 'is not valid UTF-8';
  return undefined;
}

function named(kind: string, findFault: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const fault = findFault(text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: `${kind} "${text}" ${fault}` });
  });
}

export const SparkplugId = named('id', findIdFault);
export const GroupId = SparkplugId.refine((id) => id !== 'STATE', 'group id STATE is reserved by Sparkplug');
export const MetricName = named('metric name', findMetricNameFault);
/** It goes onto screens, into the database and into labels of metrics as it is. */
export const DisplayName = named('name', findDisplayNameFault);
