import { describe, expect, it } from 'vitest';
import { equipmentShiftOf } from '../../testing/equipment-shift.ts';
import { toKpiStrip } from './kpi-view.ts';

const shift = equipmentShiftOf();

describe('toKpiStrip', () => {
  it('puts OEE and its factors first, OEE against its target', () => {
    const { main, more } = toKpiStrip(shift, 'vorne');
    expect(main.map(({ label, figure, note }) => [label, figure, note])).toEqual([
      ['OEE', '62.4', 'target 80 %'],
      ['Availability', '73.1', '206.0 of 282.0 min'],
      ['Performance', '87.9', '18,108 made'],
      ['Quality', '97.1', '525 rejected'],
    ]);
    expect(main[0]).toMatchObject({ targetRatio: 0.8, isBelow: true, fillRatio: 0.624 });
    expect(main[1]?.targetRatio).toBeNull();
    expect(more.map(({ id }) => id)).toEqual(['teep', 'mtbf', 'mttr']);
  });

  it('shows a dash with its cause for what has no value', () => {
    expect(toKpiStrip(shift, 'vorne').more.at(-1)).toMatchObject({
      figure: '–',
      cause: 'no failure yet',
      fillRatio: null,
    });
  });

  it('has labels of its own in the view of ISO 22400-2', () => {
    const { main, more } = toKpiStrip(shift, 'iso');
    expect(main.map(({ label }) => label)).toEqual([
      'OEE index',
      'Availability (APT/PBT)',
      'Effectiveness',
      'Quality ratio',
    ]);
    expect(more.map(({ label }) => label)).toEqual(['NEE index']);
  });

  it('fills the bar of a ratio above one no further than full, and still says the ratio', () => {
    const kpis = shift.kpis.map((kpi) => (kpi.id === 'performance' ? { ...kpi, value: 1.44 } : kpi));
    expect(toKpiStrip({ ...shift, kpis }, 'vorne').main[2]).toMatchObject({ figure: '144.0', fillRatio: 1 });
  });
});
