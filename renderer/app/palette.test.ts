import { describe, expect, it } from 'vitest';
import { cssName, DARK, LIGHT, type Palette } from './palette.ts';

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of WCAG 2.2, success criterion 1.4.3. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const TEXT_ON_GROUND: readonly [keyof Palette, keyof Palette][] = [
  ...(['page', 'card', 'raised', 'lookGround', 'brokenGround'] as const).flatMap(
    (ground): [keyof Palette, keyof Palette][] => [
      ['text', ground],
      ['secondary', ground],
    ],
  ),
  ['act', 'card'],
  ['act', 'lookGround'],
  ['act', 'brokenGround'],
  ['look', 'card'],
  ['look', 'page'],
  ['look', 'raised'],
  ['look', 'lookGround'],
  ['broken', 'card'],
  ['broken', 'brokenGround'],
  ['onFailure', 'stateFailure'],
  ['onState', 'stateRun'],
  ['onState', 'stateStarved'],
  ['onState', 'stateBlocked'],
  ['onState', 'stateSetup'],
  ['onState', 'statePlanned'],
  ['onState', 'stateUnassigned'],
  ...(['series1', 'series2', 'series3', 'series4', 'series5'] as const).map(
    (series): [keyof Palette, keyof Palette] => [series, 'card'],
  ),
];

describe('palette', () => {
  for (const [theme, palette] of [
    ['light', LIGHT],
    ['dark', DARK],
  ] as const) {
    it.each(TEXT_ON_GROUND)(`in the ${theme} theme, %s on %s has the contrast of WCAG AA`, (text, ground) => {
      expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5);
    });

    it(`in the ${theme} theme, marks stand out from the card`, () => {
      expect(contrast(palette.mark, palette.card)).toBeGreaterThanOrEqual(3);
      expect(contrast(palette.lookLine, palette.card)).toBeGreaterThanOrEqual(2.5);
    });
  }

  it('names variables as style sheets use them', () => {
    expect(cssName('stateShortStop')).toBe('--ls-state-short-stop');
    expect(cssName('series1')).toBe('--ls-series-1');
  });
});
