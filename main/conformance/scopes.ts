import type { WitnessMetric } from './payload-witness.ts';
import type { Recording } from './recording.ts';
import { edgeConnections, type Message } from './select.ts';

/** A data message with the metrics that were born for it; undefined where its scope was not born. */
interface DataInScope {
  readonly message: Message;
  readonly scope: readonly WitnessMetric[] | undefined;
}

/** Pairs NDATA and DDATA with the birth that stands for them at that moment. */
export function bornScopes(recording: Recording): readonly DataInScope[] {
  return edgeConnections(recording).flatMap(({ messages }) => {
    const scopes = new Map<string, readonly WitnessMetric[]>();
    const found: DataInScope[] = [];
    for (const message of messages) {
      const { verb, deviceId = '', payload } = message;
      if (verb === 'NBIRTH') scopes.clear();
      if (verb === 'NBIRTH' || verb === 'DBIRTH') scopes.set(deviceId, payload?.metrics ?? []);
      if (verb === 'DDEATH') scopes.delete(deviceId);
      if (verb === 'NDATA' || verb === 'DDATA') found.push({ message, scope: scopes.get(deviceId) });
    }
    return found;
  });
}
