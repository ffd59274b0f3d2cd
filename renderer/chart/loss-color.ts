import type { TimeClass } from '../../shared/oee/time-class.ts';

/** Ground of a bar of lost time; unknown and unexplained time is an outline, so that it is found without colour. */
export interface BarFace {
  readonly color: string;
  readonly isOutlined: boolean;
}

const state = (name: string): BarFace => ({ color: `var(--ls-state-${name})`, isOutlined: false });
const outlined: BarFace = { color: 'var(--ls-state-unassigned)', isOutlined: true };

const CLASS_FACES: Readonly<Record<TimeClass, BarFace>> = {
  run: state('run'),
  'short-stop': state('short-stop'),
  failure: state('failure'),
  starved: state('starved'),
  blocked: state('blocked'),
  setup: state('setup'),
  unassigned: outlined,
  planned: state('planned'),
  'no-order': state('planned'),
  'not-scheduled': state('planned'),
  unknown: outlined,
};

export const faceOfClass = (timeClass: TimeClass): BarFace => CLASS_FACES[timeClass];

/** Losses of run time have no class of their own. */
const LOSS_FACES: Readonly<Record<string, BarFace>> = {
  'setup-overrun': state('setup'),
  'slow-cycles': state('short-stop'),
  rejects: state('failure'),
  'start-up-rejects': state('failure'),
};

/** Face of a step of the waterfall by its id, which for lost time is the name of its class. */
export function faceOfLoss(id: string): BarFace {
  return CLASS_FACES[id as TimeClass] ?? LOSS_FACES[id] ?? { color: 'var(--ls-mark)', isOutlined: false };
}
