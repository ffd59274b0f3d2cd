import { parentPort, workerData } from 'node:worker_threads';
import { composeIngest, type IngestOptions } from '../compose-ingest.ts';
import { createJsonLog } from '../observability/json-log.ts';
import { systemClock } from '../platform/clock.ts';
import type { IngestReport, IngestRequest } from './ingest-messages.ts';
import { answerOee } from './oee-calls.ts';

const REPORT_EVERY_MS = 500;

// The starter gives the options of its own type; nobody else starts this thread.
const options = workerData as IngestOptions;
const stage = composeIngest(options, createJsonLog(options.logFd));

const report = (message: IngestReport): void => parentPort?.postMessage(message);

// Not awaited: a historian that does not answer must not keep the edge side from observing its servers. A start
// that fails ends this thread, and it is started again.
void stage.start();
report({ kind: 'started' });
const stopReports = systemClock.every(REPORT_EVERY_MS, () => report({ kind: 'snapshot', snapshot: stage.snapshot() }));

stage.oee.onRevised((revised) => report({ kind: 'shift-revised', revised }));

parentPort?.on('message', (request: IngestRequest) => {
  if (request.kind === 'model') {
    const { id, query } = request;
    void stage.modelPage(query).then((page) => report({ kind: 'model', id, page }));
    return;
  }
  if (request.kind === 'oee') {
    const { id, question } = request;
    void answerOee(stage.oee, question).then((answer) => report({ kind: 'oee', id, answer }));
    return;
  }
  stopReports();
  void stage.stop().then(() => {
    report({ kind: 'stopped' });
    parentPort?.close();
  });
});
