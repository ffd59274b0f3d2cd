import { Anchor, Paper } from '@mantine/core';
import type { ReactElement } from 'react';
import { addressOf, toHash } from '../../app/screens.ts';
import { Sparkline } from '../../chart/sparkline.tsx';
import { Figure } from '../../components/figure.tsx';
import { TargetBar } from '../../components/target-bar.tsx';
import { FigureScopeContext } from '../explain/explain-context.ts';
import { FigureButton } from '../explain/figure-button.tsx';
import { StateMark } from '../machine-state/state-mark.tsx';
import { PhaseBadge } from '../shift/phase-badge.tsx';
import css from './oee-tile.module.css';
import type { TileView } from './tile-view.ts';

interface Props {
  readonly tile: TileView;
  /** The shift that is shown; null is the running one. */
  readonly shiftFromMs: number | null;
}

/** OEE of the line or a machine: the figure, its target, its three factors and what it stands on. */
export function OeeTile({ tile, shiftFromMs }: Props): ReactElement {
  return (
    <FigureScopeContext
      value={{ equipmentId: tile.id, name: tile.name, shiftFromMs: tile.shiftFromMs, timeZone: tile.timeZone }}
    >
      <Paper
        component="section"
        withBorder
        radius="lg"
        className={css.tile}
        data-line={tile.isLine}
        aria-label={`OEE of ${tile.name}`}
        data-testid={tile.isLine ? 'oee-line' : `oee-${tile.id}`}
      >
        <header className={css.head}>
          <h2 className={css.name}>
            <Anchor
              className={css.link ?? ''}
              href={toHash(addressOf('oee', tile.id, shiftFromMs))}
              data-testid="open-machine"
            >
              {tile.isLine ? `Line ${tile.name}` : tile.name}
            </Anchor>
          </h2>
          {tile.phase !== null && <PhaseBadge phase={tile.phase} />}
        </header>
        <p className={css.state} data-class={tile.timeClass} title={tile.state}>
          <StateMark timeClass={tile.timeClass} />
          <span className={css.word}>{tile.state}</span>
          <span className={css.lasting}>{tile.stateFor}</span>
        </p>
        <div className={css.main} data-testid="oee-figure">
          <FigureButton figureId="oee" label={`OEE ${tile.oee}${tile.cause === null ? ' %' : ''}`} className={css.why}>
            <Figure value={tile.oee} unit={tile.cause === null ? '%' : ''} size={tile.isLine ? 'lg' : 'md'} />
          </FigureButton>
          {tile.cause !== null && <span className={css.cause}>{tile.cause}</span>}
          {tile.trend !== null && (
            <span className={css.trend}>
              <Sparkline values={tile.trend.values} />
              {tile.trend.text}
            </span>
          )}
        </div>
        <TargetBar fillRatio={tile.fillRatio} targetRatio={tile.targetRatio} isBelow={tile.isBelowTarget} />
        <p className={css.target}>
          {tile.target}
          <span data-low={tile.isCoverageLow}>
            , {tile.coverage}
            {tile.isCoverageLow && ' (low)'}
          </span>
        </p>
        <Factors tile={tile} />
        {tile.fault !== null && <p className={css.fault}>{tile.fault}</p>}
        {tile.age !== null && <p className={css.fault}>{tile.age}</p>}
        <p className={css.basis}>
          {tile.counts.map((count, index) => (
            <span key={count.figureId}>
              {index > 0 && ', '}
              <FigureButton figureId={count.figureId} label={count.text} className={css.why}>
                {count.text}
              </FigureButton>
            </span>
          ))}
        </p>
        <p className={css.basis} title={tile.basis}>
          {tile.basis}
        </p>
      </Paper>
    </FigureScopeContext>
  );
}

function Factors({ tile }: { readonly tile: TileView }): ReactElement {
  return (
    <dl className={css.factors}>
      {tile.factors.map((factor) => (
        <div key={factor.name} title={factor.cause ?? undefined}>
          <dt>{factor.name}</dt>
          <dd>
            <FigureButton figureId={factor.figureId} label={`${factor.name} ${factor.figure}`} className={css.why}>
              {factor.figure}
            </FigureButton>
          </dd>
        </div>
      ))}
    </dl>
  );
}
