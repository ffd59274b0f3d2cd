import {
  Button,
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  SegmentedControl,
  TextInput,
} from '@mantine/core';
import { DARK, LIGHT, toCssVariables } from './palette.ts';

/** Blue means "you can act here"; Mantine wants ten shades from light to dark. */
const act: MantineColorsTuple = [
  '#eaf3fa',
  '#d3e5f3',
  '#a9cbe6',
  '#74b3e3',
  '#4f94c8',
  '#3a80b6',
  '#2a6a9e',
  '#23598a',
  '#1c4a74',
  '#153a5c',
];

/** Greys of Mantine's dark theme, from text to ground, matched to the palette. */
const dark: MantineColorsTuple = [
  '#e8eaed',
  '#c9ced3',
  '#a2aab2',
  '#7d8790',
  '#4a5158',
  '#3a4046',
  '#252a2e',
  '#1c2024',
  '#14181b',
  '#0f1214',
];

/** Sizes in CSS pixels: text 14, secondary 12; distances in steps of the 8 px grid. */
export const theme = createTheme({
  fontFamily: "'Inter Variable', 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '24px' },
  spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px' },
  defaultRadius: 'md',
  headings: { fontWeight: '600' },
  colors: { act, dark },
  primaryColor: 'act',
  primaryShade: { light: 6, dark: 3 },
  autoContrast: true,
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // The library takes white for every filled button, which is too faint on the light blue of the dark theme.
    Button: Button.extend({
      vars: (_theme, { variant = 'filled' }) => ({
        root: variant === 'filled' ? { '--button-color': 'var(--ls-on-act)' } : {},
      }),
    }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'xs', transitionDuration: 0 } }),
  },
});

/** Puts the palette behind Mantine's own variables, so that its components and ours have one set of colours. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...toCssVariables(LIGHT), ...mantineVariables },
  dark: { ...toCssVariables(DARK), ...mantineVariables },
});

const mantineVariables = {
  '--mantine-color-body': 'var(--ls-page)',
  '--mantine-color-text': 'var(--ls-text)',
  '--mantine-color-dimmed': 'var(--ls-secondary)',
  '--mantine-color-placeholder': 'var(--ls-secondary)',
  '--mantine-color-anchor': 'var(--ls-act)',
  '--mantine-color-default': 'var(--ls-card)',
  '--mantine-color-default-hover': 'var(--ls-raised)',
  '--mantine-color-default-color': 'var(--ls-text)',
  '--mantine-color-default-border': 'var(--ls-line)',
};
