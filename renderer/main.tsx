import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { createEngineStore } from './app/engine-store.ts';
import { createWorkStore } from './app/work-store.ts';
import { toWorkbench } from './bridge.ts';

import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.layer.css';
import './app/page.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

const workbench = toWorkbench(window);
createRoot(root).render(
  <StrictMode>
    <App workbench={workbench} engine={createEngineStore(workbench)} works={createWorkStore(workbench)} />
  </StrictMode>,
);
