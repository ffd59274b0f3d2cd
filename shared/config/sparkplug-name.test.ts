import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DisplayName, GroupId, MetricName, SparkplugId } from './sparkplug-name.ts';

const LEGAL_ODD = ['$SYS', 'Presse 🏭', 'آلة', 'ﬁller', '-', 'a.b', "x'y", 'STATE', '日本語'] as const;
const reasonOf = (schema: typeof SparkplugId, text: string): string =>
  schema
    .safeParse(text)
    .error?.issues.map(({ message }) => message)
    .join('; ') ?? 'is legal';

describe('names in the site file', () => {
  it.each([
    ['', 'is empty'],
    ['a/b', 'MQTT and Sparkplug reserve'],
    ['a+b', 'MQTT and Sparkplug reserve'],
    ['#', 'MQTT and Sparkplug reserve'],
    ['a\0b', 'control character'],
    ['a\nb', 'control character'],
    ['half \ud83d', 'not valid UTF-8'],
    ['\udc00', 'not valid UTF-8'],
    ['x'.repeat(301), 'has 301 characters'],
  ])('refuse the id %j, with the reason', (id, reason) => {
    expect(reasonOf(SparkplugId, id)).toContain(reason);
  });

  it.each([
    ['', 'is empty'],
    ['a\0b', 'control character'],
    ['half \ud83d', 'not valid UTF-8'],
    ['x'.repeat(301), 'has 301 characters'],
    ['/a', 'empty folder'],
    ['a//b', 'empty folder'],
    ['bdSeq', 'the gateway itself uses'],
    ['Node Control/Rebirth', 'the gateway itself uses'],
  ])('refuse the metric name %j, with the reason', (name, reason) => {
    expect(reasonOf(MetricName, name)).toContain(reason);
  });

  it.each([
    ['', 'is empty'],
    [' \u00a0', 'is empty'],
    ['Line\n1', 'control character'],
    ['Line\u009b1', 'control character'],
    ['half \ud83d', 'not valid UTF-8'],
  ])('refuse the name %j for people, with the reason', (name, reason) => {
    expect(reasonOf(DisplayName, name)).toContain(reason);
    expect(reasonOf(DisplayName, 'Füller #1 / آلة 🏭')).toBe('is legal');
  });

  it('may be odd where MQTT and Sparkplug allow it: $, emoji, right to left', () => {
    for (const name of LEGAL_ODD) {
      expect(reasonOf(SparkplugId, name)).toBe('is legal');
      expect(reasonOf(MetricName, `${name}/a+b#c`)).toBe('is legal');
    }
    expect(reasonOf(GroupId, 'STATE')).toContain('reserved by Sparkplug');
  });

  it('that are accepted can be a level of an MQTT topic and come back from UTF-8 as they were', () => {
    const anyText = fc.oneof(
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
      fc.string({ unit: fc.constantFrom('/', '+', '#', '\0', '$', '\ud83d', '\udc00', 'a', '🏭', 'آ') }),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        if (!SparkplugId.safeParse(text).success) return;
        expect(text).toMatch(/^[^/+#\0]{1,64}$/);
        expect(new TextDecoder().decode(new TextEncoder().encode(text))).toBe(text.replace(/^\ufeff/, ''));
      }),
      { numRuns: 2_000 },
    );
  });
});
