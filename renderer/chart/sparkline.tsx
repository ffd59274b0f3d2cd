import { memo, type ReactElement } from 'react';
import css from './chart.module.css';

const WIDTH = 72;
const HEIGHT = 20;

/** The way a ratio went, without axes: the figure beside it says where it is. Gaps stay gaps. */
export const Sparkline = memo(function Sparkline({
  values,
}: {
  readonly values: readonly (number | null)[];
}): ReactElement {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(0.02, Math.max(...known) - low);
  const step = WIDTH / Math.max(1, values.length - 1);
  let isUp = false;
  const path = values
    .map((value, index) => {
      if (value === null) {
        isUp = false;
        return '';
      }
      const place = `${(index * step).toFixed(1)} ${(HEIGHT - 2 - ((value - low) / span) * (HEIGHT - 4)).toFixed(1)}`;
      const command = isUp ? 'L' : 'M';
      isUp = true;
      return `${command}${place}`;
    })
    .join('');
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden>
      <path d={path} className={css.spark} />
    </svg>
  );
});
