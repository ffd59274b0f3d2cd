import { MantineProvider } from '@mantine/core';
import { type ReactElement, useMemo } from 'react';
import { Frame } from './frame.tsx';
import { cssVariables, theme } from './theme.ts';
import { type WorkbenchAccess, WorkbenchContext } from './use-engine.ts';

/** The nonce of this load, without which the page's policy refuses the style elements of the theme. */
const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

export function App({ workbench, engine, works }: WorkbenchAccess): ReactElement {
  const access = useMemo(() => ({ workbench, engine, works }), [workbench, engine, works]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      deduplicateInlineStyles
    >
      <WorkbenchContext value={access}>
        <Frame />
      </WorkbenchContext>
    </MantineProvider>
  );
}
