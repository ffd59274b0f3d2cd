import type { Reason, ReasonTimeClass } from '../../shared/domain/reason.ts';

type Entry = readonly [reasonId: string, english: string, german: string];

interface Branch {
  readonly root: Entry;
  readonly timeClass: ReasonTimeClass;
  readonly isPlanned: boolean;
  readonly below: readonly Entry[];
}

const BRANCHES: readonly Branch[] = [
  {
    root: ['planned', 'Planned stop', 'Geplanter Stillstand'],
    timeClass: 'planned',
    isPlanned: true,
    below: [
      ['break', 'Break', 'Pause'],
      ['planned-maintenance', 'Planned maintenance', 'Geplante Wartung'],
      ['planned-cleaning', 'Planned cleaning', 'Geplante Reinigung'],
      ['meeting', 'Meeting or training', 'Besprechung oder Schulung'],
    ],
  },
  {
    root: ['no-demand', 'No demand', 'Kein Bedarf'],
    timeClass: 'no-order',
    isPlanned: true,
    below: [],
  },
  {
    root: ['setup', 'Setup', 'Rüsten'],
    timeClass: 'setup',
    isPlanned: true,
    below: [
      ['change-over', 'Change-over', 'Produktwechsel'],
      ['format-adjustment', 'Format adjustment', 'Formateinstellung'],
      ['start-up', 'Start-up', 'Anfahren'],
      ['shut-down', 'Shut-down', 'Abfahren'],
    ],
  },
  {
    root: ['failure', 'Failure', 'Störung'],
    timeClass: 'failure',
    isPlanned: false,
    below: [
      ['mechanical', 'Mechanical', 'Mechanik'],
      ['electrical', 'Electrical', 'Elektrik'],
      ['sensor', 'Sensor', 'Sensor'],
      ['control', 'Control or software', 'Steuerung oder Software'],
      ['tooling', 'Tooling', 'Werkzeug'],
      ['jam', 'Jam', 'Stau'],
      ['utilities', 'Utilities (air, power, water)', 'Medien (Luft, Strom, Wasser)'],
    ],
  },
  {
    root: ['starved', 'Starved', 'Materialmangel'],
    timeClass: 'starved',
    isPlanned: false,
    below: [
      ['material-missing', 'Material missing', 'Material fehlt'],
      ['upstream-stopped', 'Upstream machine stopped', 'Vorgelagerte Maschine steht'],
    ],
  },
  {
    root: ['blocked', 'Blocked', 'Rückstau'],
    timeClass: 'blocked',
    isPlanned: false,
    below: [
      ['downstream-stopped', 'Downstream machine stopped', 'Nachgelagerte Maschine steht'],
      ['outfeed-full', 'Outfeed full', 'Auslauf voll'],
    ],
  },
  {
    // The machine could run: it counts as failure, since nobody had planned it.
    root: ['organisational', 'Organisational', 'Organisatorisch'],
    timeClass: 'failure',
    isPlanned: false,
    below: [
      ['operator-missing', 'Operator missing', 'Bediener fehlt'],
      ['quality-hold', 'Quality hold', 'Qualitätssperre'],
      ['waiting-for-maintenance', 'Waiting for maintenance', 'Warten auf Instandhaltung'],
      ['waiting-for-release', 'Waiting for release', 'Warten auf Freigabe'],
    ],
  },
];

/** The tree that a new configuration begins with, for a packaging line; parents first. */
export const DEFAULT_REASONS: readonly Reason[] = BRANCHES.flatMap(({ root, timeClass, isPlanned, below }) => {
  const toReason = ([reasonId, en, de]: Entry, parentReasonId: string | null): Reason => ({
    reasonId,
    parentReasonId,
    names: { en, de },
    timeClass,
    isPlanned,
    retiredAtMs: null,
  });
  return [toReason(root, null), ...below.map((entry) => toReason(entry, root[0]))];
});
