import type { X509Certificate } from 'node:crypto';
import type { ProbeStep } from '../../shared/domain/probe.ts';
import { describeError, isEngineError } from '../platform/engine-error.ts';
import { type InspectTarget, inspectTls, reachTcp, resolveHost, type SeenTls } from './inspect-tls.ts';
import { judgeServer } from './judge-server.ts';

export interface TlsDiagnosis extends InspectTarget {
  /** Undefined: the connection has no TLS, and only its road is looked at. */
  readonly authorities: readonly X509Certificate[] | undefined;
  /** Told each step as it is done. */
  readonly onStep?: ((step: ProbeStep) => void) | undefined;
}

/** dns, tcp, tls, ca, host-name, validity, usage; ends at the first that leaves nothing to look at. Never rejects. */
export async function diagnoseTls(target: TlsDiagnosis): Promise<ProbeStep[]> {
  const { host, port, clock, authorities } = target;
  const steps: ProbeStep[] = [];
  const add = (done: ProbeStep): void => {
    steps.push(done);
    target.onStep?.(done);
  };
  let step = 'dns';
  try {
    const addresses = await resolveHost(target);
    add({ step, ok: true, text: `${host} is ${addresses.join(', ')}.` });
    step = 'tcp';
    const startedMs = clock.monotonicMs();
    const socket = await reachTcp(target);
    const tookMs = clock.monotonicMs() - startedMs;
    const text = `${host}:${port} takes connections, ${tookMs.toFixed(1)} ms to ${socket.remoteAddress ?? host}.`;
    add({ step, ok: true, text });
    if (authorities === undefined) {
      socket.destroy();
      return steps;
    }
    step = 'tls';
    const seen = await inspectTls(socket, target);
    add(describeSeen(seen));
    judgeServer({ chain: seen.chain, authorities, host, nowMs: clock.nowMs() }).forEach(add);
  } catch (error) {
    add(toFault(step, error));
  }
  return steps;
}

function describeSeen({ version, cipher, chain, wantsClientCertificate }: SeenTls): ProbeStep {
  const demand = wantsClientCertificate
    ? 'it demands a client certificate'
    : 'it has not asked for a client certificate';
  const text = `It answers with ${version}, ${cipher}; ${demand}.`;
  return {
    step: 'tls',
    ok: true,
    text,
    facts: [`it sends ${chain.length} ${chain.length === 1 ? 'certificate' : 'certificates'}`],
  };
}

function toFault(step: string, error: unknown): ProbeStep {
  if (!isEngineError(error)) return { step, ok: false, code: 'certificates/failed', text: describeError(error) };
  const { text, nextStep } = error.context;
  const parts = typeof text === 'string' && typeof nextStep === 'string' ? { text, nextStep } : { text: error.message };
  return { step, ok: false, code: error.code, ...parts };
}
