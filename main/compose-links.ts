import { type BrokerAddress, openBrokerLink } from './mqtt/broker-link.ts';
import type { Clock } from './platform/clock.ts';
import { EngineError } from './platform/engine-error.ts';
import type { Log } from './platform/log.ts';
import type { OpenLink } from './sparkplug/sparkplug-link.ts';

/** Opens links to the brokers of a site by their place in the list. */
export function toOpenLink(brokers: readonly BrokerAddress[], clock: Clock, log: Log): OpenLink {
  return async (brokerIndex, request) => {
    const address = brokers[brokerIndex];
    if (address === undefined) throw new EngineError('mqtt/no-broker', `there is no broker ${brokerIndex}`);
    return openBrokerLink(address, request, { clock, log });
  };
}
