import { Button, Group, SegmentedControl } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { ShiftConfig } from '../../../shared/config/equipment.ts';
import { addDays, describeDate, type LocalDate, localDateAt, localTimeAt } from '../../../shared/oee/zoned-time.ts';
import { useLiveSnapshot } from '../../app/use-engine.ts';
import { Card } from '../../components/card.tsx';
import { Notice } from '../../components/notice.tsx';
import { EditorHead } from '../oee/editor-head.tsx';
import css from './calendar-panel.module.css';
import { type DayColumn, mondayOf, toClockWarnings, toMonth, toWeek } from './calendar-week.ts';
import { clockChangesFrom, describeChange } from './clock-change.ts';
import { ImpactBar } from './impact-bar.tsx';
import { MonthList } from './month-list.tsx';
import { PlannedWindows } from './planned-windows.tsx';
import { drawInPlan, exceptionOf, faultsAt, freeName, moveInPlan, type ShiftPlace } from './shift-draft.ts';
import { ShiftForm } from './shift-form.tsx';
import { SpecialDays } from './special-days.tsx';
import { useCalendarEdit } from './use-calendar-edit.ts';
import { WeekGrid } from './week-grid.tsx';

/** Shifts, breaks and special days, drawn in the true length of each day, and what a change of them does. */
export function CalendarPanel(): ReactElement | null {
  const edit = useCalendarEdit();
  const live = useLiveSnapshot();
  const [chosenAt, setChosenAt] = useState(0);
  const [view, setView] = useState('week');
  const [from, setFrom] = useState<LocalDate | null>(null);
  const [openedDay, setOpenedDay] = useState<string | null>(null);
  if (live === null) return null;
  if (edit === null || typeof edit === 'string') {
    return (
      <Notice tone={edit === null ? 'calm' : 'look'} testId="screen-calendar">
        {edit ?? 'Reading the site …'}
      </Notice>
    );
  }
  const { site, draft } = edit;
  const { timeZone } = site;
  const today = localDateAt(live.nowMs, timeZone);
  const date = from ?? mondayOf(today);
  const changes = clockChangesFrom(today, timeZone);
  const warnings = toClockWarnings(draft.shifts, changes, timeZone);
  const chosen = draft.shifts[chosenAt];
  const setShift = (at: number, shift: ShiftConfig): void =>
    edit.change({ shifts: draft.shifts.map((one, index) => (index === at ? shift : one)) });
  const choose = ({ name, localDate }: ShiftPlace): void => {
    if (exceptionOf(draft, localDate) !== undefined) return setOpenedDay(localDate);
    setChosenAt(draft.shifts.findIndex((shift) => shift.name === name));
  };
  const draw = (day: DayColumn, fromMs: number, toMs: number): void => {
    const at = (ms: number): string => localTimeAt(day.fromMs + ms, timeZone);
    const drawn = drawInPlan(draft, day.key, at(fromMs), at(toMs));
    if (drawn === null) return;
    edit.change(drawn);
    if (drawn.shifts.length > draft.shifts.length) setChosenAt(draft.shifts.length);
    else setOpenedDay(day.key);
  };
  const step = (direction: number): void =>
    setFrom(view === 'week' ? addDays(date, direction * 7) : addDays({ ...date, day: 15 }, direction * 30));
  const next = changes[0];
  return (
    <div className={css.screen} data-testid="screen-calendar">
      <EditorHead title={`Shift calendar of ${site.line}, ${timeZone}`} />
      {edit.failure !== null && (
        <Notice tone="look" testId="calendar-failure">
          {edit.failure}
        </Notice>
      )}
      <ImpactBar edit={edit} nowMs={live.nowMs} />
      {warnings.length > 0 && (
        <Notice tone="look" testId="clock-warnings">
          {warnings.join(' ')}
        </Notice>
      )}
      <div className={css.columns}>
        <Card
          title={view === 'week' ? `Week of ${describeDate(date)}` : `Month ${describeDate(date).slice(0, 7)}`}
          testId="calendar"
        >
          <Group gap={8} mb={8}>
            <SegmentedControl
              data={[
                { value: 'week', label: 'Week' },
                { value: 'month', label: 'Month' },
              ]}
              value={view}
              onChange={setView}
            />
            <Button size="xs" variant="default" aria-label="Earlier" onClick={() => step(-1)}>
              ←
            </Button>
            <Button size="xs" variant="default" aria-label="Later" onClick={() => step(1)}>
              →
            </Button>
            <Button size="xs" variant="default" onClick={() => setFrom(null)}>
              Today
            </Button>
            {next !== undefined && (
              <Button
                size="xs"
                variant="default"
                onClick={() => setFrom(mondayOf(next.date))}
                title={describeChange(next)}
                data-testid="next-clock-change"
              >
                Next clock change: {describeDate(next.date)}
              </Button>
            )}
          </Group>
          {view === 'week' ? (
            <WeekGrid
              days={toWeek(draft, timeZone, date)}
              chosen={chosen?.name ?? null}
              onChoose={choose}
              onMove={(shift, minutes, isEndOnly) => edit.change((plan) => moveInPlan(plan, shift, minutes, isEndOnly))}
              onDraw={draw}
            />
          ) : (
            <MonthList shifts={toMonth(draft, timeZone, date)} timeZone={timeZone} />
          )}
          <p className={css.quiet}>
            Time without a shift is not scheduled. Stripes are breaks, dashed frames planned windows. Pull a shift or
            its lower edge to change it; draw on empty time to add one.
          </p>
        </Card>
        <div className={css.side}>
          <Card title="Shifts of the week" testId="shifts">
            <Group gap={4} mb={8}>
              {draft.shifts.map((shift, index) => (
                <Button
                  key={index}
                  size="compact-xs"
                  variant={index === chosenAt ? 'outline' : 'default'}
                  aria-pressed={index === chosenAt}
                  onClick={() => setChosenAt(index)}
                  data-testid="choose-shift"
                >
                  {shift.name === '' ? '(no name)' : shift.name}
                </Button>
              ))}
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() => {
                  edit.change({
                    shifts: [
                      ...draft.shifts,
                      { name: freeName(draft.shifts), days: ['mon'], from: '06:00', to: '14:00', breaks: [] },
                    ],
                  });
                  setChosenAt(draft.shifts.length);
                }}
                data-testid="add-shift"
              >
                Add a shift
              </Button>
            </Group>
            {chosen === undefined ? (
              <p className={css.quiet}>No shift: nothing is planned, and OEE has no shift to stand on.</p>
            ) : (
              <ShiftForm
                shift={chosen}
                days={chosen.days}
                faults={faultsAt(edit.planned, `shifts[${chosenAt}]`)}
                onChange={(part) => setShift(chosenAt, { ...chosen, ...part })}
                onDays={(days) => setShift(chosenAt, { ...chosen, days })}
                onRemove={() => edit.change({ shifts: draft.shifts.filter((_shift, index) => index !== chosenAt) })}
              />
            )}
          </Card>
          <SpecialDays
            plan={draft}
            opened={openedDay}
            planned={edit.planned}
            onOpen={setOpenedDay}
            onChange={edit.change}
          />
          <PlannedWindows
            windows={draft.calendar.plannedWindows}
            machines={site.machines}
            onChange={(plannedWindows) => edit.change({ calendar: { ...draft.calendar, plannedWindows } })}
          />
        </div>
      </div>
    </div>
  );
}
