import { CommandConversation, type CommandTarget } from '../../commands/command-conversation.ts';
import { composeObserver } from '../../compose-observer.ts';
import { systemClock } from '../../platform/clock.ts';
import { EdgeNodeStream } from '../../testing/edge-node-stream.ts';
import type { HostRecording } from '../host-recording.ts';
import { isPublish, verbOf } from '../select.ts';
import { HostRig } from './host-rig.ts';

/** `lineside sparkplug command` writes a metric of a node and one of a device, and asks for births. */
export const recordHostCommands = (): Promise<HostRecording> =>
  HostRig.record('host-commands', { brokerCount: 1, reorderTimeoutMs: 2_000 }, async (rig) => {
    const { recorder } = rig;
    const place = { groupId: 'plant', edgeNodeId: 'line' };
    const targets: readonly CommandTarget[] = [
      { ...place, deviceId: null, metricName: 'load' },
      { ...place, deviceId: 'press', metricName: 'speed' },
    ];
    const conversations = targets.map((target) => new CommandConversation(target, systemClock, () => {}));
    let connect = (): void => {};
    const connected = new Promise<void>((resolve) => {
      connect = resolve;
    });
    const observer = await composeObserver(
      { named: { broker: { url: rig.brokers[0]?.url ?? '' }, besides: 'site.yaml' }, ...place, isAsking: false },
      {
        onConnected: () => connect(),
        onAway: () => {},
        onBorn: (_node, deviceId) => conversations.forEach(({ born }) => born.emit(deviceId)),
        onMetrics: (metrics) => {
          for (const metric of metrics) conversations.forEach(({ seen }) => seen.emit(metric));
        },
        onFound: () => {},
      },
    );
    observer.start();
    try {
      await connected;
      await observer.askForBirths(place.groupId, place.edgeNodeId);
      const node = new EdgeNodeStream();
      await rig.say(node.nodeBirth());
      await rig.say(node.deviceBirth('press'));
      for (const [index, conversation] of conversations.entries()) {
        const { deviceId, metricName } = targets[index] ?? { deviceId: null, metricName: '' };
        await conversation.birth;
        const value = 20 + index;
        const verb = deviceId === null ? 'NCMD' : 'DCMD';
        const since = recorder.mark;
        const written = conversation.write(observer, String(value));
        await recorder.until(verb, ({ connections }) =>
          connections.some(({ packets }) =>
            packets.some((packet) => packet.order >= since && isPublish(packet) && verbOf(packet.topic) === verb),
          ),
        );
        await rig.say(node.data(deviceId, metricName, value));
        await written;
      }
    } finally {
      await observer.stop();
    }
  });
