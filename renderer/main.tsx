import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { createCommandStore } from './app/command-store.ts';
import { createEngineStore } from './app/engine-store.ts';
import { createNoticeStore } from './app/notice-store.ts';
import { createWorkStore } from './app/work-store.ts';
import { toWorkbench } from './bridge.ts';

import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.layer.css';
import './app/page.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

const workbench = toWorkbench(window);
const engine = createEngineStore(workbench);
const notices = createNoticeStore(engine);
// A call that nobody waits for has no place of its own to say that it failed.
window.addEventListener('unhandledrejection', (event) => notices.addFailure('Window', 'A call failed', event.reason));
const access = { workbench, engine, works: createWorkStore(workbench), commands: createCommandStore(), notices };
createRoot(root).render(
  <StrictMode>
    <App access={access} />
  </StrictMode>,
);
