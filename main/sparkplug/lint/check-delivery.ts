import type { Report } from './finding-log.ts';
import type { TrafficMessage, Verb } from './traffic.ts';

/** How MQTT delivered a message: QoS and retain flag. */
export function checkDelivery(message: TrafficMessage, verb: Verb, subscribedQos: number, report: Report): void {
  if (verb === 'NDEATH') {
    if (message.qos === 0 && subscribedQos > 0) report('death-qos', 'NDEATH came with QoS 0, required is QoS 1');
  } else if (message.qos !== 0) report('qos', `${verb} came with QoS ${message.qos}, required is QoS 0`);
  if (message.retain)
    report('retain', `${verb} came from the broker's store, so it was published with the retain flag`);
}
