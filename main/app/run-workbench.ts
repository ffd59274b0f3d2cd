import { join } from 'node:path';
import { app, type BrowserWindow, Menu, session } from 'electron';
import { contract } from '../../shared/ipc/contract.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type Log, silentLog } from '../platform/log.ts';
import { WorkRegistry } from '../platform/work-registry.ts';
import { type EngineSupervisor, superviseEngine } from './engine-supervisor.ts';
import { appHandlers } from './ipc/app-handlers.ts';
import { certificatesHandlers } from './ipc/certificates-handlers.ts';
import { peopleHandlers, reasonHandlers } from './ipc/configuration-handlers.ts';
import { engineHandlers } from './ipc/engine-handlers.ts';
import { hostHandlers } from './ipc/host-handlers.ts';
import { oeeHandlers } from './ipc/oee-handlers.ts';
import { queueHandlers } from './ipc/queue-handlers.ts';
import { registerHandlers, toSendEvent } from './ipc/register-handlers.ts';
import { reportHandler } from './ipc/report-handler.ts';
import { siteHandlers } from './ipc/site-handlers.ts';
import { tagsHandlers } from './ipc/tags-handlers.ts';
import { workHandlers } from './ipc/work-handlers.ts';
import { openWindow } from './open-window.ts';
import { announcePageScheme, servePages } from './page-protocol.ts';
import { PAGE_ORIGIN } from './page-response.ts';
import { refusePermissions, restrictContents } from './restrict-contents.ts';
import { openWindowMemoryFile } from './window-memory-file.ts';
import type { StoppableEngine } from './workbench-engine.ts';

export interface WorkbenchParts {
  /** Starts the whole engine; rejects with an EngineError whose message a person can read. */
  readonly startEngine: () => Promise<StoppableEngine>;
  /** Folder with the built window (`index.html`), absolute. */
  readonly rendererFolder: string;
  /** The bundled preload script, absolute. */
  readonly preloadFile: string;
  readonly isTestRuntime: boolean;
  readonly log?: Log;
  readonly clock?: Clock;
}

/**
 * Runs the workbench until the user ends it. Call it before the app is ready and once only. The window opens
 * first and says that the engine starts; a second start of the program brings this window to the front.
 *
 * The folder named by `LINESIDE_PROFILE` replaces Electron's user data folder: each profile is a program of
 * its own, with its own lock, window memory and page storage.
 */
export function runWorkbench(parts: WorkbenchParts): void {
  const profileFolder = process.env['LINESIDE_PROFILE'];
  if (profileFolder !== undefined && profileFolder !== '') app.setPath('userData', profileFolder);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const log = (parts.log ?? silentLog).scope('app');
  announcePageScheme();
  restrictContents(app, log);
  let window: BrowserWindow | null = null;
  app.on('second-instance', () => bringToFront(window));
  app.on('window-all-closed', () => app.quit());
  void app.whenReady().then(() => {
    window = showWorkbench(parts, parts.clock ?? systemClock, log);
    window.on('closed', () => (window = null));
  });
}

/** The engine's start loads a lot of code; it waits for the first picture, but never for a window that has none. */
const FIRST_PAINT_LIMIT_MS = 3_000;

function showWorkbench(parts: WorkbenchParts, clock: Clock, log: Log): BrowserWindow {
  setMenu();
  refusePermissions(session.defaultSession);
  servePages(session.defaultSession, parts.rendererFolder);
  const memory = openWindowMemoryFile(join(app.getPath('userData'), 'window.json'), log);
  let window: BrowserWindow | null = null;
  let tellPainted = (): void => {};
  const painted = new Promise<void>((resolve) => (tellPainted = resolve));
  const send = toSendEvent(contract, () => (window === null || window.isDestroyed() ? null : window.webContents), log);
  const supervisor = superviseEngine({
    startEngine: () => painted.then(parts.startEngine),
    events: {
      onSnapshot: (snapshot) => send('engine', 'snapshotTaken', snapshot),
      onStartFailed: (failure) => send('engine', 'startFailed', failure),
      onFailed: (failure) => send('engine', 'failed', failure),
      onShiftRevised: (revised) => send('oee', 'revised', revised),
    },
    clock,
    log,
    random: Math.random,
  });
  const works = new WorkRegistry(clock);
  works.onProgress((progress) => send('work', 'progress', progress));
  // Handlers come before the window: its first call must find them.
  const current = () => supervisor.current();
  const handlers = {
    engine: engineHandlers(current),
    queue: queueHandlers(current),
    tags: tagsHandlers(current),
    host: hostHandlers(current),
    oee: { ...oeeHandlers(current), report: reportHandler(current, () => window, clock) },
    reasons: reasonHandlers(current, clock),
    people: peopleHandlers(current, clock),
    site: siteHandlers(current),
    work: workHandlers(works),
    certificates: certificatesHandlers(current, (news) => send('certificates', 'examined', news)),
    app: appHandlers(parts.isTestRuntime, (theme) => memory.update({ theme })),
  };
  registerHandlers(contract, handlers, PAGE_ORIGIN, log);
  endEngineFirst(supervisor);
  window = openWindow({ preloadFile: parts.preloadFile, memory, clock, log });
  window.once('ready-to-show', tellPainted);
  clock.after(FIRST_PAINT_LIMIT_MS, tellPainted);
  return window;
}

/** Quitting waits for the engine (bounded), then really ends; `exit` skips the handlers that would wait again. */
function endEngineFirst(supervisor: EngineSupervisor): void {
  app.on('before-quit', (event) => {
    event.preventDefault();
    void supervisor.stop().then(() => app.exit(0));
  });
}

/** Without a menu macOS has no copy and paste; elsewhere the menu bar would only offer reload and zoom. */
function setMenu(): void {
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(isMac ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }]) : null);
}

function bringToFront(window: BrowserWindow | null): void {
  if (window === null) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
