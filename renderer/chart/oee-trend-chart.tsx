import { useElementSize } from '@mantine/hooks';
import { memo, type ReactElement } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { DASH, percentText } from '../components/number-text.ts';
import { timeOfDayText } from '../components/time-text.ts';
import css from './chart.module.css';
import { toTimeTicks } from './series-builder.ts';
import { toLabelPlaces, type TrendPicture } from './trend-series.ts';

const HEIGHT = 208;
const TOP = 10;
const AXIS_HEIGHT = 24;
const LABELS_WIDTH = 148;
const Y_AXIS_WIDTH = 36;
const PLOT = HEIGHT - TOP - AXIS_HEIGHT;
const LABEL_HALF = 8;

interface Props {
  readonly picture: TrendPicture;
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeZone: string;
}

const tickStyle = { fontSize: 11, fill: 'var(--ls-secondary)' } as const;

/** Lines of OEE with their names at their ends and the target dashed across; redrawn when its picture changes. */
export const OeeTrendChart = memo(function OeeTrendChart({ picture, fromMs, toMs, timeZone }: Props): ReactElement {
  const { ref, width } = useElementSize();
  const places = toLabelPlaces(picture, TOP, PLOT);
  const summary = picture.series
    .map(
      (series) =>
        `${series.name} ${series.lastPercent === null ? 'no value' : `${percentText(series.lastPercent / 100)} %`}`,
    )
    .join(', ');
  return (
    <div
      ref={ref}
      className={css.trend}
      style={{ height: HEIGHT }}
      role="img"
      aria-label={`OEE, shift to date: ${summary}`}
    >
      {width > 0 && (
        <LineChart
          width={Math.max(0, width - LABELS_WIDTH)}
          height={HEIGHT}
          data={[...picture.rows]}
          margin={{ top: TOP, right: 0, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--ls-track)" />
          <XAxis
            dataKey="atMs"
            type="number"
            domain={[fromMs, toMs]}
            allowDataOverflow
            ticks={[...toTimeTicks(fromMs, toMs, Math.max(2, width / 90))]}
            tickFormatter={(atMs: number) => timeOfDayText(atMs, timeZone)}
            height={AXIS_HEIGHT}
            axisLine={{ stroke: 'var(--ls-line)' }}
            tickLine={false}
            tick={tickStyle}
          />
          <YAxis
            domain={[picture.lowPercent, picture.highPercent]}
            ticks={[...picture.ticks]}
            width={Y_AXIS_WIDTH}
            axisLine={false}
            tickLine={false}
            tick={tickStyle}
          />
          {picture.targets.map((target) => (
            <ReferenceLine
              key={target}
              y={target}
              stroke="var(--ls-text)"
              strokeDasharray="4 4"
              label={{ value: `target ${target} %`, position: 'insideBottomLeft', ...tickStyle }}
            />
          ))}
          {picture.series.map((series) => (
            <Line
              key={series.key}
              dataKey={series.key}
              stroke={series.color}
              strokeWidth={series.widthPx}
              strokeDasharray={series.dash}
              dot={false}
              activeDot={false}
              isAnimationActive={false}
              connectNulls={false}
            />
          ))}
        </LineChart>
      )}
      {picture.series.map((series, index) => (
        <div
          key={series.key}
          className={css.trendLabel}
          style={{ top: (places[index] ?? 0) - LABEL_HALF, width: LABELS_WIDTH - 8, color: series.color }}
        >
          <svg className={css.trendKey} width={16} height={4} aria-hidden>
            <line
              x1={0}
              x2={16}
              y1={2}
              y2={2}
              stroke={series.color}
              strokeWidth={series.widthPx}
              strokeDasharray={series.dash}
            />
          </svg>
          <span>{series.name}</span>
          <span className={css.trendValue}>
            {series.lastPercent === null ? DASH : percentText(series.lastPercent / 100)}
          </span>
        </div>
      ))}
    </div>
  );
});
