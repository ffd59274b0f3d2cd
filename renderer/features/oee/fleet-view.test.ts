import { describe, expect, it } from 'vitest';
import { AT_MS, equipmentShiftOf } from '../../testing/equipment-shift.ts';
import { toFleetRow } from './fleet-view.ts';

describe('toFleetRow', () => {
  it('says state, order, counts against target and what nobody has explained', () => {
    expect(toFleetRow(equipmentShiftOf(), AT_MS)).toMatchObject({
      state: 'Failure: Label web torn',
      stateFor: '3 min',
      product: '0.5 l PET, A-1041',
      oee: '62.4',
      good: '17,583',
      target: '22,800',
      isBehind: true,
      unexplained: '1 stop · 5 min',
    });
  });

  it('has dashes where nothing is told, and no judgement', () => {
    const counts = { total: null, good: null, reject: null, rework: null };
    expect(
      toFleetRow(equipmentShiftOf({ counts, products: [], stops: [], worm: [], mostCostly: null }), AT_MS),
    ).toMatchObject({
      product: '–',
      good: '–',
      target: '–',
      isBehind: false,
      unexplained: '',
      mostCostly: 'nothing lost yet',
    });
  });
});
