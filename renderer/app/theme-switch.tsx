import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { type ReactElement, useEffect } from 'react';
import { useWorkbench } from './use-engine.ts';

/** Mantine says `auto` for what people and Electron call the theme of the system. */
const CHOICES = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'auto', label: 'System' },
] as const;

type Choice = (typeof CHOICES)[number]['value'];
const isChoice = (text: string): text is Choice => CHOICES.some((choice) => choice.value === text);

/** Light, dark, or as the system; remembered by the page, and told to Electron for the frame of the window. */
export function ThemeSwitch(): ReactElement {
  // Transitions are off everywhere; Mantine's way to suppress them needs a style element without nonce.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const workbench = useWorkbench();
  useEffect(() => {
    // The page has its colours already; the frame follows at the next start if this call fails.
    workbench.app.theme(colorScheme === 'auto' ? 'system' : colorScheme).catch(() => undefined);
  }, [workbench, colorScheme]);
  return (
    <SegmentedControl
      aria-label="Theme"
      data-testid="theme-switch"
      data={[...CHOICES]}
      value={colorScheme}
      onChange={(value) => {
        if (isChoice(value)) setColorScheme(value);
      }}
    />
  );
}
