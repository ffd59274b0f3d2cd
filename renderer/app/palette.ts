/**
 * Every colour of the window, in both themes, by what it means. Normal is grey; amber says "look", red "broken",
 * blue "you can act here". States of machines are muted and always carry a letter. `palette.test.ts` holds the
 * pairs of text and ground to WCAG AA.
 */
export interface Palette {
  readonly page: string;
  readonly card: string;
  readonly raised: string;
  readonly line: string;
  readonly text: string;
  readonly secondary: string;
  readonly mark: string;
  readonly track: string;
  readonly act: string;
  readonly look: string;
  readonly lookGround: string;
  readonly lookLine: string;
  readonly broken: string;
  readonly brokenGround: string;
  readonly brokenLine: string;
  readonly stateRun: string;
  readonly stateShortStop: string;
  readonly stateFailure: string;
  readonly stateStarved: string;
  readonly stateBlocked: string;
  readonly stateSetup: string;
  readonly statePlanned: string;
  readonly stateUnassigned: string;
  readonly onState: string;
  readonly onFailure: string;
  readonly onAct: string;
  readonly series1: string;
  readonly series2: string;
  readonly series3: string;
  readonly series4: string;
  readonly series5: string;
}

export const LIGHT: Palette = {
  page: '#f2f3f5',
  card: '#ffffff',
  raised: '#e8eaed',
  line: '#dcdfe3',
  text: '#1c2024',
  secondary: '#5b636c',
  mark: '#7d8790',
  track: '#e6e8eb',
  act: '#2a6a9e',
  look: '#955800',
  lookGround: '#fff3e0',
  lookLine: '#c98a2e',
  broken: '#b0241d',
  brokenGround: '#fdecea',
  brokenLine: '#c9605a',
  stateRun: '#a6b7ad',
  stateShortStop: '#d9b255',
  stateFailure: '#b3261e',
  stateStarved: '#8aa7cb',
  stateBlocked: '#ab9bcd',
  stateSetup: '#c2b095',
  statePlanned: '#cdd2d7',
  stateUnassigned: '#eceef0',
  onState: '#1c2024',
  onFailure: '#ffffff',
  onAct: '#ffffff',
  series1: '#2a6a9e',
  series2: '#8a4f9c',
  series3: '#2f7a6d',
  series4: '#6b6f1f',
  series5: '#5b636c',
};

export const DARK: Palette = {
  page: '#14181b',
  card: '#1c2024',
  raised: '#2a2f34',
  line: '#32373d',
  text: '#e8eaed',
  secondary: '#a2aab2',
  mark: '#8d97a0',
  track: '#2c3136',
  act: '#74b3e3',
  look: '#f0b04a',
  lookGround: '#33260f',
  lookLine: '#c98f34',
  broken: '#ff8a80',
  brokenGround: '#3a1b19',
  brokenLine: '#d2564d',
  stateRun: '#5e7467',
  stateShortStop: '#c79a38',
  stateFailure: '#e4574d',
  stateStarved: '#5478ab',
  stateBlocked: '#7d69ab',
  stateSetup: '#83715a',
  statePlanned: '#4a5158',
  stateUnassigned: '#2a2f34',
  onState: '#ffffff',
  onFailure: '#14181b',
  onAct: '#14181b',
  series1: '#74b3e3',
  series2: '#c79ad8',
  series3: '#6fc0b1',
  series4: '#c3c56b',
  series5: '#a2aab2',
};

/** `stateRun` → `--ls-state-run`: the name under which style sheets use it. */
export const cssName = (name: keyof Palette): string =>
  `--ls-${name.replace(/[A-Z0-9]/g, (sign) => `-${sign.toLowerCase()}`)}`;

export const toCssVariables = (palette: Palette): Record<string, string> =>
  Object.fromEntries(Object.entries(palette).map(([name, color]) => [cssName(name as keyof Palette), color as string]));
