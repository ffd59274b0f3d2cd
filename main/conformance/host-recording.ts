import type { HostModelPage } from '../../shared/domain/host-model.ts';
import type { Recording } from './recording.ts';

/** What the scenario played to our host, at that place of the recording. */
export interface Play {
  readonly order: number;
  readonly atMs: number;
  readonly what: 'late-message' | 'gap' | 'device-death' | 'node-death' | 'own-offline' | 'stop-asked';
  readonly deviceId?: string;
  /** Of the message, where it gives the time. */
  readonly timestampMs?: number;
  /** What the host knew when it had taken it. */
  readonly known?: HostModelPage;
}

/** A run of our host: beside the packets what was played to it and what it knew. */
export interface HostRecording extends Recording {
  readonly hostId: string;
  readonly reorderTimeoutMs: number;
  readonly plays: readonly Play[];
}

const isHostRecording = (recording: Recording): recording is HostRecording => 'plays' in recording;

/** A check of the host gets recordings of hosts only. */
export function toHostRecording(recording: Recording): HostRecording {
  if (!isHostRecording(recording)) throw new Error(`${recording.scenario} is no recording of a host`);
  return recording;
}

export const plays =
  (what: Play['what']) =>
  (recording: Recording): readonly { readonly recording: HostRecording; readonly play: Play }[] => {
    const own = toHostRecording(recording);
    return own.plays.filter((play) => play.what === what).map((play) => ({ recording: own, play }));
  };
