import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { Observation } from './observation.ts';

const create = (): Observation => new Observation(new Map([['plc', ['Filler', 'Capper']]]));
const told = (changes: readonly (MetricChange | undefined)[]): string[] =>
  changes.flatMap((change) =>
    change === undefined ? [] : [`${change.deviceId}=${String(change.value)}@${change.timestampMs}`],
  );

describe('Observation', () => {
  it('takes a device as observed from its first value after the server connected', () => {
    const observation = create();
    expect(told(observation.serverConnected('plc', 1))).toEqual([]);
    expect(told([observation.deviceHeard('plc', 'Filler', 2)])).toEqual(['Filler=true@2']);
    expect(told([observation.deviceHeard('plc', 'Filler', 3)])).toEqual([]);
    expect(told(observation.serverLost('plc', 4))).toEqual(['Filler=false@4']);
  });

  it('counts values that come before the word that the server is connected', () => {
    const observation = create();
    expect(told([observation.deviceHeard('plc', 'Capper', 1)])).toEqual([]);
    expect(told(observation.serverConnected('plc', 2))).toEqual(['Capper=true@2']);
  });

  it('says after a restart that nothing is known since the program was last alive', () => {
    expect(told(create().resume(5))).toEqual(['Filler=false@5', 'Capper=false@5']);
    expect(create().resume(undefined)).toEqual([]);
  });

  it('alternates true and false per device, whatever comes', () => {
    const step = fc.constantFrom('connected', 'lost', 'heard');
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const observation = create();
        const values = steps.flatMap((one, atMs) => {
          if (one === 'connected') return told(observation.serverConnected('plc', atMs));
          if (one === 'lost') return told(observation.serverLost('plc', atMs));
          return told([observation.deviceHeard('plc', 'Filler', atMs)]);
        });
        values.forEach((value, index) => expect(value.includes(index % 2 === 0 ? 'true' : 'false')).toBe(true));
      }),
    );
  });
});
