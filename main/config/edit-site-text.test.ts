import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SiteConfig } from '../../shared/config/site.ts';
import { editSiteText } from './edit-site-text.ts';
import { parseSiteFile, type SiteText } from './read-site-file.ts';

const DEMO = readFileSync(new URL('../../resources/sites/demo.yaml', import.meta.url), 'utf8');

function read(text: string): SiteText {
  const result = parseSiteFile(text);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return { text, site: result.site };
}

const linesOnlyIn = (one: string, other: string): string[] => {
  const rest = other.split('\n');
  return one.split('\n').filter((line) => !rest.includes(line));
};

const noon = { name: 'Noon', from: '10:00', to: '10:30' };
const edited = (change: (site: SiteConfig) => Partial<SiteConfig>, text = DEMO): string => {
  const present = read(text);
  return editSiteText(present, change(present.site));
};

describe('editSiteText', () => {
  it('changes the one line of the shift that gets a break, and no other byte of the file', () => {
    const text = edited(({ shifts: [early, ...rest] }) => ({ shifts: [{ ...early!, breaks: [noon] }, ...rest] }));
    expect(linesOnlyIn(DEMO, text)).toHaveLength(1);
    expect(linesOnlyIn(text, DEMO)).toEqual([
      "  - { name: Early, days: [mon, tue, wed, thu, fri, sat, sun], from: '06:00', to: '14:00', breaks: [{ name: Noon, from: 10:00, to: 10:30 }] }",
    ]);
    expect(text.split('\n')).toHaveLength(DEMO.split('\n').length);
    expect(read(text).site.shifts[0]?.breaks).toEqual([noon]);
  });

  it('gives the same text where nothing is other', () => {
    expect(edited((site) => site)).toBe(DEMO);
  });

  it('keeps comments of a shift that is moved, renamed or given other times', () => {
    const block = DEMO.replace(
      /shifts:\n(?: {2}- .*\n)+/,
      'shifts:\n  # until the new contract\n  - name: Early # first crew\n    days: [mon]\n    from: "06:00" # gates open\n    to: "14:00"\n  - { name: Late, days: [mon], from: "14:00", to: "22:00" }\n',
    );
    const text = edited(({ shifts: [early, late] }) => ({ shifts: [late!, { ...early!, from: '07:00' }] }), block);
    for (const comment of ['# until the new contract', '# first crew', '# gates open']) expect(text).toContain(comment);
    expect(read(text).site.shifts.map(({ name, from }) => [name, from])).toEqual([
      ['Late', '14:00'],
      ['Early', '07:00'],
    ]);
  });

  it('writes a calendar where there was none, without what the schema fills in', () => {
    const closed = { date: '2026-12-24', name: 'Christmas Eve', shifts: 'closed' } as const;
    const text = edited(() => ({ calendar: { exceptions: [closed], plannedWindows: [] } }));
    expect(linesOnlyIn(DEMO, text)).toEqual([]);
    expect(linesOnlyIn(text, DEMO)).toEqual([
      'calendar:',
      '  exceptions:',
      '    - { date: 2026-12-24, name: Christmas Eve, shifts: closed }',
    ]);
    expect(read(text).site.calendar.exceptions).toEqual([closed]);
  });

  it('leaves what stands behind the same anchor as it was', () => {
    const anchored = DEMO.replace(
      /shifts:\n(?: {2}- .*\n)+/,
      "shifts:\n  - { name: Early, days: &days [mon], from: '06:00', to: '14:00' }\n  - { name: Late, days: *days, from: '14:00', to: '22:00' }\n",
    );
    const text = edited(({ shifts: [early, late] }) => ({ shifts: [{ ...early!, days: ['tue'] }, late!] }), anchored);
    expect(read(text).site.shifts.map(({ days }) => days)).toEqual([['tue'], ['mon']]);
  });
});
