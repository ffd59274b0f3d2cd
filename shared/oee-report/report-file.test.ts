import { describe, expect, it } from 'vitest';
import { shiftOf } from '../testing/shift-fixture.ts';
import { reportFileName } from './report-file.ts';

describe('the name of a report file', () => {
  it('says whose shift, which day and which revision', () => {
    expect(reportFileName(shiftOf(), 'pdf')).toBe('shift-report_Filler_2026-03-27_Early_r2.pdf');
  });

  it('cannot leave its folder or name a device, whatever a machine is called', () => {
    expect(reportFileName(shiftOf({ name: '../../etc\\C:<>|?*\u0000' }), 'csv')).toMatch(
      /^shift-report_etc-C_[\w-]+\.csv$/,
    );
    expect(reportFileName(shiftOf({ name: '...' }), 'csv')).toMatch(/^shift-report_x_/);
  });

  it('stays short enough for every file system', () => {
    const name = reportFileName(shiftOf({ name: '漢'.repeat(200) }), 'html');
    expect(new TextEncoder().encode(name).length).toBeLessThan(255);
  });

  it('needs no shift', () => {
    expect(reportFileName(shiftOf({ shift: null }), 'html')).toBe('shift-report_Filler.html');
  });
});
