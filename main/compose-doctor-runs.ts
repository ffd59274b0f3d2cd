import type { DoctorNews, DoctorOrder } from '../shared/domain/certificate-desk.ts';
import type { ProbeStep } from '../shared/domain/probe.ts';
import { composeExaminations } from './compose-examinations.ts';
import { describeError } from './platform/engine-error.ts';

interface RunParts {
  readonly siteFile: string;
  readonly dataFolder: string;
}

/** Runs of the doctor that the window follows step by step. */
export class DoctorRuns {
  readonly #parts: RunParts;
  readonly #running = new Map<number, (news: DoctorNews) => void>();
  #lastId = 0;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  start({ target }: DoctorOrder, onNews: (news: DoctorNews) => void): number {
    const runId = (this.#lastId += 1);
    this.#running.set(runId, onNews);
    void this.#run(runId, target);
    return runId;
  }

  /** Nothing more is told of the run; the step it is at ends by itself within its limit of 10 s. */
  cancel(runId: number): void {
    this.#tell({ runId, step: null, phase: 'cancelled', text: null });
  }

  async #run(runId: number, target: string): Promise<void> {
    const told = new Set<ProbeStep>();
    const onStep = (step: ProbeStep): void => {
      told.add(step);
      this.#tell({ runId, step, phase: 'running', text: null });
    };
    const request = {
      ...this.#parts,
      brokerIndex: target.startsWith('broker-') ? Number(target.slice('broker-'.length)) : undefined,
      serverId: target.startsWith('server-') ? target.slice('server-'.length) : undefined,
      isHistorian: target === 'historian',
      clientId: undefined,
      topicPrefix: undefined,
    };
    try {
      for await (const { steps } of composeExaminations(request, onStep)) {
        for (const step of steps) if (!told.has(step)) onStep(step);
      }
      this.#tell({ runId, step: null, phase: 'done', text: null });
    } catch (error) {
      this.#tell({ runId, step: null, phase: 'failed', text: describeError(error) });
    }
  }

  #tell(news: DoctorNews): void {
    this.#running.get(news.runId)?.(news);
    if (news.phase !== 'running') this.#running.delete(news.runId);
  }
}
