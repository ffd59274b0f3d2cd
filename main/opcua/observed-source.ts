import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import type { Sample } from '../../shared/domain/metric.ts';
import type { OpcuaSource } from './opcua-source.ts';

/** For tests: what a source told, and promises for what it will tell. */
export interface ObservedSource {
  readonly samples: Sample[];
  readonly states: ConnectionState[];
  /** Resolves with the first sample told after this call that passes. */
  nextSample(isIt: (sample: Sample) => boolean): Promise<Sample>;
  /** Resolves with the present state or the next one that passes. */
  state(isIt: (state: ConnectionState) => boolean): Promise<ConnectionState>;
  /** Resolves with the first state after this call that passes. */
  nextState(isIt: (state: ConnectionState) => boolean): Promise<ConnectionState>;
}

/** Listens to a source from now on. */
export function observeSource(source: OpcuaSource): ObservedSource {
  const samples: Sample[] = [];
  const states: ConnectionState[] = [];
  source.onSamples((batch) => samples.push(...batch));
  source.onStateChanged((state) => states.push(state));
  const nextState: ObservedSource['nextState'] = (isIt) =>
    new Promise((resolve) => {
      const stop = source.onStateChanged((state) => {
        if (!isIt(state)) return;
        stop();
        resolve(state);
      });
    });
  return {
    samples,
    states,
    nextSample: (isIt) =>
      new Promise((resolve) => {
        const stop = source.onSamples((batch) => {
          const found = batch.find(isIt);
          if (found === undefined) return;
          stop();
          resolve(found);
        });
      }),
    state: (isIt) => {
      const present = source.snapshot().state;
      return isIt(present) ? Promise.resolve(present) : nextState(isIt);
    },
    nextState,
  };
}
