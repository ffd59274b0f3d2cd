import { Paper } from '@mantine/core';
import type { ReactElement } from 'react';
import { Figure } from '../../components/figure.tsx';
import { TargetBar } from '../../components/target-bar.tsx';
import { FigureButton } from '../explain/figure-button.tsx';
import css from './kpi-strip.module.css';
import type { KpiStripView, KpiView } from './kpi-view.ts';

/** The figure and its factors as cards, the rest as a row below them. */
export function KpiStrip({ strip }: { readonly strip: KpiStripView }): ReactElement {
  return (
    <>
      {strip.main.map((kpi, index) => (
        <KpiCard key={kpi.id} kpi={kpi} isFirst={index === 0} />
      ))}
    </>
  );
}

function KpiCard({ kpi, isFirst }: { readonly kpi: KpiView; readonly isFirst: boolean }): ReactElement {
  return (
    <Paper
      component="section"
      withBorder
      radius="lg"
      className={css.card}
      data-testid={`kpi-${kpi.id}`}
      aria-label={kpi.label}
    >
      <h2 className={css.label}>{kpi.label}</h2>
      <FigureButton figureId={kpi.id} label={kpi.spoken}>
        <Figure value={kpi.figure} unit={kpi.unit} size={isFirst ? 'lg' : 'md'} />
      </FigureButton>
      <TargetBar fillRatio={kpi.fillRatio} targetRatio={kpi.targetRatio} isBelow={kpi.isBelow} />
      <p className={css.note}>{kpi.note}</p>
      {kpi.cause !== null && <p className={css.cause}>{kpi.cause}</p>}
    </Paper>
  );
}

/** Figures beside the factors: TEEP, OOE, MTBF and their like. */
export function MoreKpis({ kpis }: { readonly kpis: readonly KpiView[] }): ReactElement | null {
  if (kpis.length === 0) return null;
  return (
    <section className={css.more} aria-label="More figures">
      {kpis.map((kpi) => (
        <div key={kpi.id} className={css.small} data-testid={`kpi-${kpi.id}`}>
          <span className={css.smallLabel}>{kpi.label}</span>
          <FigureButton figureId={kpi.id} label={kpi.spoken}>
            <strong>{kpi.figure}</strong> <span className={css.unit}>{kpi.unit}</span>
          </FigureButton>
          {kpi.cause !== null && <span className={css.smallCause}>{kpi.cause}</span>}
        </div>
      ))}
    </section>
  );
}
