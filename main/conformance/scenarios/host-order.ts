import { EdgeNodeStream } from '../../testing/edge-node-stream.ts';
import type { HostRecording } from '../host-recording.ts';
import { isPublish, verbOf } from '../select.ts';
import { HostRig, untilKnown } from './host-rig.ts';

/** Later than every value of the stream. */
const DEATH_MS = 1_750_000_000_000;

/** An edge node whose messages come in another order, get lost, and that loses a device and itself. */
export const recordHostOrder = (reorderTimeoutMs: number) => (): Promise<HostRecording> =>
  HostRig.record(`host-order-${reorderTimeoutMs}`, { brokerCount: 1, reorderTimeoutMs }, async (rig) => {
    const { recorder } = rig;
    const host = rig.startHost();
    await recorder.until('STATE', ({ heard }) => heard.some(({ topic }) => topic.includes('/STATE/')));
    const node = new EdgeNodeStream();
    const births = async (): Promise<void> => {
      await rig.say(node.nodeBirth());
      await rig.say(node.deviceBirth('press'));
      await rig.say(node.deviceBirth('oven'));
    };
    const hasValue = (value: number): Promise<void> =>
      untilKnown(host, ({ rows }) => rows.some((row) => row.metricName === 'speed' && row.value === String(value)));
    await births();
    await untilKnown(host, ({ nodes }) => nodes[0]?.devices.length === 2);

    const [early, late] = [node.data('press', 'speed', 1), node.data('press', 'speed', 2)];
    rig.plays('late-message');
    await rig.say(late);
    await rig.say(early);
    await hasValue(2);
    rig.knows(host);
    // A request would come in this time, if the timer had not been stopped.
    await recorder.pause(2 * reorderTimeoutMs);

    node.skip();
    rig.plays('gap');
    await rig.say(node.data('press', 'speed', 3));
    await recorder.until('a request for births', ({ connections }) =>
      connections.some(({ packets }) =>
        packets.some((packet) => isPublish(packet) && packet.from === 'client' && verbOf(packet.topic) === 'NCMD'),
      ),
    );
    await births();
    await rig.say(node.data('oven', 'speed', 4));
    await hasValue(4);

    rig.plays('device-death', { deviceId: 'press', timestampMs: DEATH_MS });
    await rig.say(node.deviceDeath('press', DEATH_MS));
    const isDead = (deviceId: string) =>
      untilKnown(host, ({ nodes }) => nodes[0]?.devices.find((one) => one.deviceId === deviceId)?.isOnline === false);
    await isDead('press');
    rig.knows(host);

    rig.plays('node-death');
    await rig.say(node.nodeDeath());
    await isDead('oven');
    rig.knows(host);
    rig.plays('stop-asked');
    await host.stop();
  });
