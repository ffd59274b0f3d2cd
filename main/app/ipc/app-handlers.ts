import { app, nativeTheme } from 'electron';
import type { LinesideContract } from '../../../shared/ipc/contract.ts';
import type { Handlers } from '../../../shared/ipc/exposed.ts';
import type { WindowMemory } from '../window-memory.ts';

/** Facts about the program, and the theme: Electron draws title bar and first frame before the page runs. */
export const appHandlers = (
  isTestRuntime: boolean,
  rememberTheme: (theme: WindowMemory['theme']) => void,
): Handlers<LinesideContract>['app'] => ({
  about: () => ({
    version: app.getVersion(),
    runtime: `Electron ${process.versions.electron ?? '?'}, Node ${process.versions.node}`,
    isTestRuntime,
  }),
  theme: (theme) => {
    nativeTheme.themeSource = theme;
    rememberTheme(theme);
    return undefined;
  },
});
