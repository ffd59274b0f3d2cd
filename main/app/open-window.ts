import { BrowserWindow, nativeTheme, screen } from 'electron';
import { backoffDelayMs } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { START_PAGE } from './page-response.ts';
import { fitToScreens, MIN_HEIGHT_PX, MIN_WIDTH_PX } from './window-memory.ts';
import type { WindowMemoryFile } from './window-memory-file.ts';

/** Colours of the page before it is drawn; the same as in the renderer's theme, else the window flashes. */
const PAGE_COLOR = { light: '#f2f3f5', dark: '#14181b' } as const;

/** A renderer that dies at once each time must not keep the processor busy. */
const RELOAD_RULE = { firstMs: 500, maxMs: 30_000 } as const;
/** Time after which a crash counts as the first one again. */
const STEADY_AFTER_MS = 60_000;
/** A page that has not answered to a hand for 30 s, when Chromium says so, has this long before it is ended. */
const HANG_LIMIT_MS = 10_000;
/** Moving and resizing tell of every pixel; the file is written when the hand rests. */
const REMEMBER_AFTER_MS = 400;

export interface WindowParts {
  readonly preloadFile: string;
  readonly memory: WindowMemoryFile;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens the window where it was left. The page has no Node, no Electron and no way out. */
export function openWindow(parts: WindowParts): BrowserWindow {
  const memory = fitToScreens(
    parts.memory.read(),
    screen.getAllDisplays().map((display) => display.workArea),
  );
  nativeTheme.themeSource = memory.theme;
  const window = new BrowserWindow({
    width: memory.widthPx,
    height: memory.heightPx,
    ...(memory.place === null ? {} : { x: memory.place.xPx, y: memory.place.yPx }),
    minWidth: MIN_WIDTH_PX,
    minHeight: MIN_HEIGHT_PX,
    show: false,
    title: 'Lineside',
    backgroundColor: nativeTheme.shouldUseDarkColors ? PAGE_COLOR.dark : PAGE_COLOR.light,
    webPreferences: {
      preload: parts.preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (memory.isMaximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  rememberPlace(window, parts);
  reloadAfterCrash(window, parts);
  endWhenHung(window, parts);
  void window.loadURL(START_PAGE).catch((error: unknown) => {
    parts.log.error('the page could not be loaded', { cause: String(error) });
  });
  return window;
}

function rememberPlace(window: BrowserWindow, { memory, clock }: WindowParts): void {
  let cancel = (): void => {};
  const remember = (): void => {
    cancel();
    if (window.isDestroyed()) return;
    // The normal bounds, also while maximised: they are what the window returns to.
    const { x, y, width, height } = window.getNormalBounds();
    memory.update({
      widthPx: width,
      heightPx: height,
      place: { xPx: x, yPx: y },
      isMaximized: window.isMaximized(),
    });
  };
  const later = (): void => {
    cancel();
    cancel = clock.after(REMEMBER_AFTER_MS, remember);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('maximize', later);
  window.on('unmaximize', later);
  window.on('close', remember);
}

function reloadAfterCrash(window: BrowserWindow, { clock, log }: WindowParts): void {
  let crashCount = 0;
  let lastCrashMs = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return;
    const nowMs = clock.monotonicMs();
    crashCount = nowMs - lastCrashMs > STEADY_AFTER_MS ? 1 : crashCount + 1;
    lastCrashMs = nowMs;
    const delayMs = backoffDelayMs(RELOAD_RULE, crashCount, Math.random);
    log.error('the page ended by itself and is loaded again; the engine runs on', {
      reason: details.reason,
      exitCode: details.exitCode,
      delayMs,
    });
    clock.after(delayMs, () => {
      if (!window.isDestroyed()) window.webContents.reload();
    });
  });
}

/** A page in an endless loop never comes back by itself: it is ended, and loaded again as after a crash. */
function endWhenHung(window: BrowserWindow, { clock, log }: WindowParts): void {
  let cancel = (): void => {};
  window.on('unresponsive', () => {
    log.warn('the page does not answer', { limitMs: HANG_LIMIT_MS });
    cancel();
    cancel = clock.after(HANG_LIMIT_MS, () => {
      if (!window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
    });
  });
  window.on('responsive', () => cancel());
  // What is loaded next has not hung.
  window.webContents.on('render-process-gone', () => cancel());
}
