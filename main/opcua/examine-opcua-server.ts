import { readFile } from 'node:fs/promises';
import { AttributeIds, MessageSecurityMode } from 'node-opcua';
import { describeExpiry, toExpiry } from '../../shared/domain/certificate-expiry.ts';
import type { ProbeStep } from '../../shared/domain/probe.ts';
import { ownCertificatePath, toOpcuaFailure } from './opcua-failure.ts';
import { type OpenedSession, openSession } from './open-session.ts';
import { checkPinnedEndpoint, describeEndpoint, pinEndpoint, readEndpoints } from './pinned-endpoint.ts';
import { type ProbeOptions, reachTcp, toFailedStep } from './probe-opcua-server.ts';
import { type CertificateFacts, closeTrust, openTrust, readCertificateFacts } from './server-certificate.ts';

const KEEP_ALIVE_MS = 10_000;
/** A server whose clock is further off than this stamps values so that they seem late or early to people. */
const ODD_OFFSET_MS = 2_000;
const CURRENT_TIME = 'ns=0;i=2258';

/** The way to an OPC UA server, step by step: road, endpoints, its certificate, ours, the login, its clock. Never throws for the server. */
export async function examineOpcuaServer(options: ProbeOptions): Promise<ProbeStep[]> {
  const { clock } = options;
  const steps: ProbeStep[] = [];
  const trust = await openTrust(options.trustFolder, options.keyPassphrase);
  let opened: OpenedSession | undefined;
  let step = 'tcp';
  try {
    steps.push({ step, ok: true, text: await reachTcp(options) });
    step = 'endpoints';
    const offered = await readEndpoints({ ...options, trust });
    const list = [...new Set(offered.map(describeEndpoint))];
    const pinned = pinEndpoint(offered, options);
    const chosen = `${options.securityMode} with ${options.securityPolicy} is offered.`;
    const isOpen = pinned.securityMode === MessageSecurityMode.None;
    steps.push({
      step,
      ok: true,
      ...(isOpen ? { isOdd: true } : {}),
      text: isOpen ? `${chosen} The channel is not secured.` : chosen,
      facts: list,
    });
    step = 'server-certificate';
    if (pinned.serverCertificate?.length) {
      steps.push(describeServer(readCertificateFacts(pinned.serverCertificate), pinned.applicationUri, clock.nowMs()));
    }
    step = 'trust';
    steps.push({ step, ok: true, text: await checkPinnedEndpoint(pinned, trust, options) });
    step = 'session';
    opened = await openSession({ ...options, trust }, pinned, KEEP_ALIVE_MS);
    const own = isOpen ? [] : await describeOwn(options.trustFolder);
    const taken = isOpen ? 'the login' : 'our certificate and the login';
    steps.push({ step, ok: true, text: `It takes ${taken} (${options.identity.type}).`, facts: own });
    step = 'clock';
    steps.push(await compareClocks(opened, options));
  } catch (cause) {
    steps.push(toFailedStep(step, toOpcuaFailure(cause, options)));
  } finally {
    await opened?.close();
    await closeTrust(trust);
  }
  return steps;
}

function describeServer(facts: CertificateFacts, applicationUri: string | null, nowMs: number): ProbeStep {
  const fromMs = Date.parse(facts.validFrom);
  const toMs = Date.parse(facts.validTo);
  const expiry = toExpiry(fromMs, toMs, nowMs);
  const lines = [
    `application URI: ${facts.applicationUri ?? 'none'}; the server calls itself ${applicationUri ?? 'nothing'}`,
    `SHA-1 ${facts.sha1}`,
    `SHA-256 ${facts.sha256}`,
    `our clock: ${new Date(nowMs).toISOString()}`,
  ];
  const odd = expiry.level === 'good' ? {} : { isOdd: true };
  const text = `It shows ${facts.subject}, which ${describeExpiry(expiry, fromMs, toMs)}.`;
  return { step: 'server-certificate', ok: true, ...odd, text, facts: lines };
}

async function describeOwn(trustFolder: string): Promise<string[]> {
  const path = ownCertificatePath(trustFolder);
  const { subject, sha1, validTo, applicationUri } = readCertificateFacts(await readFile(path));
  return [`we show ${subject}, ${applicationUri ?? 'no URI'}, valid to ${validTo.slice(0, 10)}`, `SHA-1 ${sha1}`, path];
}

async function compareClocks({ session }: OpenedSession, { clock }: ProbeOptions): Promise<ProbeStep> {
  const askedMs = clock.nowMs();
  const { value } = await session.read({ nodeId: CURRENT_TIME, attributeId: AttributeIds.Value });
  const answeredMs = clock.nowMs();
  const seen: unknown = value.value;
  if (!(seen instanceof Date)) {
    return { step: 'clock', ok: true, isOdd: true, text: 'The server does not tell its time.' };
  }
  // In the middle of question and answer, as far as can be known.
  const offsetMs = Math.round(seen.getTime() - (askedMs + answeredMs) / 2);
  const text = `Its clock is ${Math.abs(offsetMs)} ms ${offsetMs < 0 ? 'behind' : 'ahead of'} ours (to within ${answeredMs - askedMs} ms).`;
  if (Math.abs(offsetMs) <= ODD_OFFSET_MS) return { step: 'clock', ok: true, text };
  const nextStep = 'Let both take their time from the same NTP server: the times of values come from its clock.';
  return { step: 'clock', ok: true, isOdd: true, text, nextStep };
}
