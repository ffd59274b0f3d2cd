import { useCallback, useEffect, useRef, useState } from 'react';
import type { CertificateDeed, CertificateOverview } from '../../../shared/domain/certificate-desk.ts';
import type { ProbeStep } from '../../../shared/domain/probe.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { type LinesideWorkbench, toFailure } from '../../bridge.ts';

export type CertificateCalls = LinesideWorkbench['certificates'];

export interface CertificateWork {
  readonly overview: CertificateOverview | null;
  readonly failure: string | null;
  readonly done: CertificateDeed | null;
  readonly isBusy: boolean;
  /** Runs one act; then what is there is read anew. True when it went well. */
  act(work: (calls: CertificateCalls) => Promise<CertificateDeed>): Promise<boolean>;
}

/** How often is looked whether something changed: a connection came, a server showed another certificate. */
const LOOK_EVERY_MS = 3_000;

export function useCertificates(): CertificateWork {
  const { certificates: calls } = useWorkbench();
  const [overview, setOverview] = useState<CertificateOverview | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [done, setDone] = useState<CertificateDeed | null>(null);
  const [isBusy, setBusy] = useState(false);
  const look = useCallback(
    () => calls.list(undefined).then(setOverview, (error: unknown) => setFailure(toFailure(error).text)),
    [calls],
  );
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);
  const act: CertificateWork['act'] = async (work) => {
    setBusy(true);
    setFailure(null);
    setDone(null);
    try {
      setDone(await work(calls));
      return true;
    } catch (error) {
      setFailure(toFailure(error).text);
      return false;
    } finally {
      await look();
      setBusy(false);
    }
  };
  return { overview, failure, done, isBusy, act };
}

export interface DoctorRun {
  readonly phase: 'idle' | 'running' | 'done' | 'cancelled' | 'failed';
  readonly steps: readonly ProbeStep[];
  readonly text: string | null;
  start(target: string): void;
  cancel(): void;
}

export function useDoctor(): DoctorRun {
  const { certificates: calls } = useWorkbench();
  const runId = useRef<number | null>(null);
  const [run, setRun] = useState<Pick<DoctorRun, 'phase' | 'steps' | 'text'>>({ phase: 'idle', steps: [], text: null });
  useEffect(
    () =>
      calls.onExamined((news) => {
        // The first step may come before the answer that names the run.
        runId.current ??= news.runId;
        if (news.runId !== runId.current) return;
        setRun(({ steps }) => ({
          phase: news.phase,
          steps: news.step === null ? steps : [...steps, news.step],
          text: news.text,
        }));
      }),
    [calls],
  );
  return {
    ...run,
    start: (target) => {
      runId.current = null;
      setRun({ phase: 'running', steps: [], text: null });
      calls.examine({ target }).then(
        (answer) => (runId.current = answer.runId),
        (error: unknown) => setRun({ phase: 'failed', steps: [], text: toFailure(error).text }),
      );
    },
    cancel: () => {
      if (runId.current !== null) void calls.cancel({ runId: runId.current });
    },
  };
}
