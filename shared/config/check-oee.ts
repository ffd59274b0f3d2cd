import type { CalendarConfig } from './calendar.ts';
import type { MachineConfig, ShiftConfig, TagRole } from './equipment.ts';

type Report = (path: (string | number)[], message: string) => void;

const COUNTER_ROLES: readonly TagRole[] = ['total', 'good', 'reject', 'rework'];
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** What the schema alone cannot see of a machine's OEE: names of other machines, roles that must be there, limits. */
export function checkOeeRules(
  machine: MachineConfig,
  machineIds: readonly string[],
  path: readonly (string | number)[],
  report: Report,
): void {
  for (const side of ['upstream', 'downstream'] as const) {
    const id = machine.neighbours[side];
    const where = [...path, 'neighbours', side];
    if (id === machine.id) report(where, 'a machine is no neighbour of its own');
    else if (id !== undefined && !machineIds.includes(id)) {
      report(where, `no machine "${id}"; there is ${machineIds.join(', ')}`);
    }
  }
  if (machine.reasonStopS !== undefined && machine.reasonStopS < machine.microStopS) {
    report(
      [...path, 'reasonStopS'],
      `is ${machine.reasonStopS} s, below microStopS (${machine.microStopS} s): a micro-stop never needs a reason`,
    );
  }
  const has = (role: TagRole): boolean => machine.tags.some((tag) => tag.role === role);
  if (machine.stateFrom === 'run-signal' && !has('running')) {
    report([...path, 'stateFrom'], 'says run-signal, but no tag has the role running');
  }
  if (machine.stateFrom === 'counts' && !has('total') && !has('good')) {
    report([...path, 'stateFrom'], 'says counts, but no tag has the role total or good');
  }
  machine.tags.forEach((tag, index) => {
    if (tag.counter !== undefined && !COUNTER_ROLES.includes(tag.role)) {
      const roles = COUNTER_ROLES.join(', ');
      report(
        [...path, 'tags', index, 'counter'],
        `a tag with the role ${tag.role} counts nothing; counters are ${roles}`,
      );
    }
  });
}

/** Overlapping shifts (K6), machines that planned windows name, and dates that are told twice. */
export function checkCalendar(
  { shifts, calendar }: { readonly shifts: readonly ShiftConfig[]; readonly calendar: CalendarConfig },
  machineIds: readonly string[],
  report: Report,
): void {
  findOverlaps(
    shifts.map(({ name, from, to, days }) => ({
      name,
      ranges: days.map((day) => minutes(from, to, DAYS.indexOf(day))),
    })),
    WEEK_MINUTES,
    (index, text) => {
      report(['shifts', index], text);
    },
  );
  calendar.exceptions.forEach(({ date, shifts: own }, index) => {
    const first = calendar.exceptions.findIndex((other) => other.date === date);
    if (first < index)
      report(['calendar', 'exceptions', index, 'date'], `${date} is already told by exceptions[${first}]`);
    if (own === 'closed') return;
    const named = own.map(({ name, from, to }) => ({ name, ranges: [minutes(from, to, 0)] }));
    findOverlaps(named, null, (at, text) => report(['calendar', 'exceptions', index, 'shifts', at], text));
  });
  calendar.plannedWindows.forEach(({ machine, when }, index) => {
    const path = ['calendar', 'plannedWindows', index];
    if (machine !== undefined && !machineIds.includes(machine)) {
      report([...path, 'machine'], `no machine "${machine}"; there is ${machineIds.join(', ')}`);
    }
    if (!('on' in when) && when.from >= when.to)
      report([...path, 'when', 'to'], `${when.to} is not after ${when.from}`);
  });
}

interface NamedRanges {
  readonly name: string;
  readonly ranges: readonly (readonly [number, number])[];
}

/** `wrap`: the length of the week, where the last day borders on the first. */
function findOverlaps(
  all: readonly NamedRanges[],
  wrap: number | null,
  tell: (index: number, text: string) => void,
): void {
  const turns = wrap === null ? [0] : [-wrap, 0, wrap];
  all.forEach(({ name, ranges }, index) => {
    const other = all
      .slice(0, index + 1)
      .findIndex((before, at) =>
        ranges.some(([from, to], own) =>
          before.ranges.some(([otherFrom, otherTo], theirs) =>
            turns.some(
              (turn) =>
                !(at === index && own === theirs && turn === 0) && from < otherTo + turn && otherFrom + turn < to,
            ),
          ),
        ),
      );
    const found = all[other];
    if (found === undefined) return;
    const what = other === index ? 'itself on another day' : `"${found.name}"`;
    tell(index, `shift "${name}" overlaps ${what}: an instant belongs to one shift only; change their times or days`);
  });
}

function minutes(from: string, to: string, day: number): readonly [number, number] {
  const start = day * DAY_MINUTES + minuteOf(from);
  const end = day * DAY_MINUTES + minuteOf(to);
  return [start, end <= start ? end + DAY_MINUTES : end];
}

function minuteOf(time: string): number {
  const [hour, minute] = time.split(':');
  return Number(hour) * 60 + Number(minute);
}
