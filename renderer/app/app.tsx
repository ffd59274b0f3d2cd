import { MantineProvider } from '@mantine/core';
import type { ReactElement } from 'react';
import { Frame } from './frame.tsx';
import { cssVariables, theme } from './theme.ts';
import { type WorkbenchAccess, WorkbenchContext } from './use-engine.ts';

/** The nonce of this load, without which the page's policy refuses the style elements of the theme. */
const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/** The stores are made once, before the first drawing. */
export function App({ access }: { readonly access: WorkbenchAccess }): ReactElement {
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
