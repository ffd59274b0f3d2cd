import type { EquipmentOee, Factor, OeeSnapshot } from '../../shared/domain/oee-snapshot.ts';

const percent = (factor: Factor): string => (factor.value === null ? '–' : (factor.value * 100).toFixed(1)).padStart(6);

function describeEquipment(equipment: EquipmentOee): string {
  const { oee, availability, performance, quality } = equipment.factors;
  const state = equipment.state.cause ?? equipment.state.timeClass;
  const why = oee.value === null && oee.cause !== null ? `  (${oee.cause})` : '';
  return `  ${equipment.name.padEnd(12)} OEE${percent(oee)} %   A${percent(availability)}  P${percent(performance)}  Q${percent(quality)}   ${state}${why}`;
}

/** The running shift as lines for a terminal. */
export function describeOee(snapshot: OeeSnapshot): string {
  const shift =
    snapshot.shift === null ? 'no shift is running' : `shift ${snapshot.shift.name} ${snapshot.shift.localDate}`;
  const rows = [...snapshot.machines, ...(snapshot.line === null ? [] : [snapshot.line])];
  return [`OEE, ${shift}, provisional`, ...rows.map(describeEquipment)].join('\n');
}
