import { useElementSize } from '@mantine/hooks';
import type { ReactElement } from 'react';
import type { LatencySnapshot } from '../../shared/domain/engine-snapshot.ts';
import { latencyText } from '../components/time-text.ts';
import css from './chart.module.css';
import { spreadLabels, toHistogramBars } from './series-builder.ts';

const HEIGHT = 104;
const TOP = 18;
const BASE = HEIGHT - 18;
/** Widths of a label in pixels, so that neighbours do not touch. */
const MARK_LABEL_PX = 30;

interface Props {
  readonly histogram: LatencySnapshot['histogram'];
  readonly percentiles: NonNullable<LatencySnapshot['toHistorian']>;
}

/** Bars of the latency classes with the three percentiles marked on them. */
export function LatencyHistogram({ histogram, percentiles }: Props): ReactElement | null {
  const { ref, width } = useElementSize();
  const marks = [
    { name: 'p50', ms: percentiles.p50Ms },
    { name: 'p95', ms: percentiles.p95Ms },
    { name: 'p99', ms: percentiles.p99Ms },
  ];
  const bars = toHistogramBars(histogram, percentiles.p99Ms);
  if (bars === null) return null;
  const step = width / bars.heights.length;
  const xs = marks.map((mark) => bars.placeOf(mark.ms) * width);
  const labelXs = spreadLabels(xs, MARK_LABEL_PX, 0, Math.max(0, width - MARK_LABEL_PX));
  const text = marks.map((mark) => `${mark.name} ${latencyText(mark.ms)}`).join(', ');
  return (
    <div ref={ref}>
      <svg className={css.picture} height={HEIGHT} role="img" aria-label={`Latency from source to historian: ${text}`}>
        {bars.heights.map((height, index) => (
          <rect
            key={index}
            className={css.bar}
            x={index * step + 0.5}
            width={Math.max(1, step - 1.5)}
            y={BASE - height * (BASE - TOP)}
            height={height * (BASE - TOP)}
          />
        ))}
        <line className={css.axis} x1={0} x2={width} y1={BASE + 0.5} y2={BASE + 0.5} />
        {marks.map((mark, index) => (
          <g key={mark.name}>
            <line className={css.mark} x1={xs[index]} x2={xs[index]} y1={TOP - 6} y2={BASE} />
            <text className={css.label} x={(labelXs[index] ?? 0) + 2} y={9}>
              {mark.name}
            </text>
          </g>
        ))}
        {bars.ticks.map((tick) => (
          <text
            key={tick.ms}
            className={css.label}
            x={tick.place * width}
            y={HEIGHT - 3}
            textAnchor={tick.place === 0 ? 'start' : tick.place > 0.95 ? 'end' : 'middle'}
          >
            {tick.ms === 0 ? '0' : latencyText(tick.ms)}
          </text>
        ))}
      </svg>
    </div>
  );
}
