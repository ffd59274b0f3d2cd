import { type HostRecording } from '../host-recording.ts';
import { readState } from '../host-select.ts';
import type { RecordedBroker } from '../recorded-broker.ts';
import type { Heard } from '../recording.ts';
import { HostRig } from './host-rig.ts';
import { HOST } from './rig-values.ts';

const isState = ({ topic, broker, content }: Heard, place: number, isOnline: boolean): boolean =>
  broker === place &&
  topic === `spBv1.0/STATE/${HOST}` &&
  content.kind === 'state' &&
  readState(content.json)?.isOnline === isOnline;

/** Waits until others hear on that broker how the host is. */
const untilHeard = (rig: HostRig, place: number, isOnline: boolean, since: number): Promise<void> =>
  rig.recorder.until(`STATE ${isOnline ? 'online' : 'offline'} on broker ${place}`, ({ heard }) =>
    heard.some((one) => one.order >= since && isState(one, place, isOnline)),
  );

/** A host whose database is not there yet when it starts, goes, and comes back: STATE follows on one connection. */
export const recordHostReadiness = (): Promise<HostRecording> =>
  HostRig.record('host-readiness', { brokerCount: 1, reorderTimeoutMs: 2_000 }, async (rig) => {
    const { recorder } = rig;
    const host = rig.startHost(false);
    await recorder.until('the subscription', ({ connections }) =>
      connections.some(({ packets }) => packets.some(({ kind }) => kind === 'suback')),
    );
    // What it says before it is ready would be said now.
    await recorder.pause(300);
    for (const isReady of [true, false, true]) {
      const since = recorder.mark;
      host.setReady(isReady);
      await untilHeard(rig, 0, isReady, since);
    }
    rig.plays('stop-asked');
    await host.stop();
  });

/** Start on two brokers, a foreign or late offline, a connection that breaks, an end on purpose, and a second start. */
export const recordHostLife = (): Promise<HostRecording> =>
  HostRig.record('host-life', { brokerCount: 2, reorderTimeoutMs: 2_000 }, async (rig) => {
    const { recorder } = rig;
    const [first, second] = rig.brokers as readonly [RecordedBroker, RecordedBroker];
    const host = rig.startHost();
    await Promise.all([untilHeard(rig, 0, true, 0), untilHeard(rig, 1, true, 0)]);

    const said = recorder.recording.heard.find((one) => isState(one, 0, true));
    const state = said?.content.kind === 'state' ? readState(said.content.json) : undefined;
    let since = recorder.mark;
    rig.plays('own-offline', { timestampMs: state?.timestampMs ?? 0 });
    await first.sayState(HOST, { online: false, timestamp: state?.timestampMs ?? 0 });
    await untilHeard(rig, 0, true, since);

    since = recorder.mark;
    second.cut();
    await untilHeard(rig, 1, false, since);
    since = recorder.mark;
    await untilHeard(rig, 1, true, since);

    rig.plays('stop-asked');
    since = recorder.mark;
    await host.stop();
    await Promise.all([untilHeard(rig, 0, false, since), untilHeard(rig, 1, false, since)]);

    since = recorder.mark;
    const next = rig.startHost();
    await Promise.all([untilHeard(rig, 0, true, since), untilHeard(rig, 1, true, since)]);
    rig.plays('stop-asked');
    await next.stop();
  });
