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
    expect(told(observation.serverLost('plc', 9, 4))).toEqual(['Filler=false@4']);
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
          if (one === 'lost') return told(observation.serverLost('plc', atMs, undefined));
          return told([observation.deviceHeard('plc', 'Filler', atMs)]);
        });
        values.forEach((value, index) => expect(value.includes(index % 2 === 0 ? 'true' : 'false')).toBe(true));
      }),
    );
  });

  it('ends with the devices that go, and knows nothing of them when they come back', () => {
    const observation = create();
    observation.serverConnected('plc', 100);
    observation.deviceHeard('plc', 'Filler', 100);
    expect(told(observation.replaceDevices(new Map([['plc', ['Capper']]]), 200))).toEqual(['Filler=false@200']);
    expect(observation.replaceDevices(new Map([['plc', ['Capper', 'Filler']]]), 250)).toEqual([]);
    expect(told([observation.deviceHeard('plc', 'Filler', 300)])).toEqual(['Filler=true@300']);
    expect(told([observation.deviceHeard('plc', 'Capper', 300)])).toEqual(['Capper=true@300']);
  });

  it('says nothing of a device that goes while its server is away', () => {
    const observation = create();
    observation.deviceHeard('plc', 'Filler', 100);
    expect(observation.replaceDevices(new Map(), 200)).toEqual([]);
  });

  it('lets unknown time begin where the server was last heard, but after the last word that it is online', () => {
    const lostAfter = (onlineAtMs: number, nowMs: number, heardUntilMs: number | undefined): string[] => {
      const observation = create();
      observation.serverConnected('plc', onlineAtMs);
      observation.deviceHeard('plc', 'Filler', onlineAtMs);
      return told(observation.serverLost('plc', nowMs, heardUntilMs));
    };
    expect(lostAfter(100, 500, 300)).toEqual(['Filler=false@300']);
    expect(lostAfter(100, 500, undefined)).toEqual(['Filler=false@500']);
    // A first value may come later than the last sign of life of an earlier session.
    expect(lostAfter(100, 500, 50)).toEqual(['Filler=false@101']);
    expect(lostAfter(100, 500, 900)).toEqual(['Filler=false@500']);
    expect(lostAfter(100, 100, 100)).toEqual(['Filler=false@101']);
    // The wall clock was set back meanwhile.
    expect(lostAfter(1_000, 400, 390)).toEqual(['Filler=false@400']);
  });
});
