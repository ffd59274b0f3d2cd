import { describe, expect, it } from 'vitest';
import { countText, figureText, parseExact, percentOf } from './exact-figure.ts';
import { localText, spanText, spanTexts } from './report-time.ts';
import { cssString, htmlText } from './safe-text.ts';

describe('figures of the report', () => {
  it.each([
    ['1/8', 2, '12.50'],
    ['1/16', 2, '6.25'],
    ['1/32', 2, '3.13'],
    ['3/32', 1, '9.4'],
    ['13/8', 0, '163'],
    ['0', 2, '0.00'],
    ['-1/8', 2, '−12.50'],
  ])('writes %s half up, from the fraction itself', (exact, digits, text) => {
    expect(percentOf(parseExact(exact)!, digits)).toBe(text);
  });

  it('takes the exact fraction and not the double beside it', () => {
    // 1.005 % is below its own double neighbour: toFixed gives 1.00.
    const kpi = { id: 'oee', label: 'OEE', value: 0.01005, unit: 'ratio', cause: null, formula: '' } as const;
    expect(figureText({ ...kpi, exact: '201/20000' })).toBe('1.01 %');
    expect(figureText({ ...kpi, exact: 'not a fraction' })).toBe('1.00 %');
  });

  it('refuses what is no fraction', () => {
    expect(['1/0', 'a', '', null, '1.5'].map(parseExact)).toEqual([null, null, null, null, null]);
  });

  it('shows a dash where nothing is known, never 0', () => {
    expect(countText(null)).toBe('–');
    expect(countText(0)).toBe('0');
  });

  it('writes spans so that a rounded column adds up to its rounded sum', () => {
    const spans = [400, 400, 400, 59_400, 3_600_400];
    const seconds = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    const sum = spanTexts(spans).reduce((all, text) => all + seconds(text), 0);
    expect(sum).toBe(seconds(spanText(spans.reduce((all, ms) => all + ms, 0))));
    // Each rounded by itself would lose a second.
    expect(spans.map(spanText).reduce((all, text) => all + seconds(text), 0)).not.toBe(sum);
  });

  it('writes local time with the offset that held then, also in zones of half an hour', () => {
    expect(localText(Date.UTC(2026, 0, 1), 'Asia/Kolkata')).toBe('2026-01-01 05:30:00 +05:30');
    expect(localText(Date.UTC(2026, 0, 1), 'UTC')).toBe('2026-01-01 00:00:00 +00:00');
    expect(localText(Date.UTC(2026, 6, 1), 'America/New_York')).toBe('2026-06-30 20:00:00 -04:00');
  });
});

describe('text of others', () => {
  it('is escaped for a page', () => {
    expect(htmlText(`<a href="x" b='y'>&\u0007</a>`)).toBe(
      '&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\\u0007&lt;/a&gt;',
    );
  });

  it('cannot end a string of a style sheet, nor the sheet', () => {
    expect(cssString('"}</style>\\a')).toBe(String.raw`"\22 \7d \3c \2f style\3e \5c a"`);
  });

  it('keeps the joiners that scripts need', () => {
    expect(htmlText('می\u200cخواهم 👩\u200d🔧')).toBe('می\u200cخواهم 👩\u200d🔧');
  });
});
