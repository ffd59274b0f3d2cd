import { createConnection } from 'node:net';
import { AttributeIds } from 'node-opcua';
import type { ProbeStep } from '../../shared/domain/probe.ts';
import { type Clock, within } from '../platform/clock.ts';
import type { EngineError } from '../platform/engine-error.ts';
import { toOpcuaFailure } from './opcua-failure.ts';
import type { OpcuaEndpointOptions, OpcuaTag } from './opcua-source-options.ts';
import { type OpenedSession, openSession } from './open-session.ts';
import { checkPinnedEndpoint, pinEndpoint, readEndpoints } from './pinned-endpoint.ts';
import { resolveNode } from './resolve-node.ts';
import { closeTrust, openTrust } from './server-certificate.ts';
import { chunk, readSessionLimits } from './session-limits.ts';
import { toSample } from './to-sample.ts';

export interface ProbeOptions extends OpcuaEndpointOptions {
  readonly tags: readonly OpcuaTag[];
  readonly clock: Clock;
}

const TCP_LIMIT_MS = 3_000;
const KEEP_ALIVE_MS = 10_000;

/** Walks the way to the values of a server step by step and says where it ends. Never throws for the server. */
export async function probeOpcuaServer(options: ProbeOptions): Promise<ProbeStep[]> {
  const steps: ProbeStep[] = [];
  const trust = await openTrust(options.trustFolder, options.keyPassphrase);
  let opened: OpenedSession | undefined;
  let step = 'tcp';
  const pass = (text: string): void => void steps.push({ step, ok: true, text });
  try {
    pass(await reachTcp(options));
    step = 'endpoints';
    const offered = await readEndpoints({ ...options, trust });
    const pinned = pinEndpoint(offered, options);
    pass(`${options.securityMode} with ${options.securityPolicy} is one of ${offered.length} endpoints offered.`);
    step = 'trust';
    pass(await checkPinnedEndpoint(pinned, trust, options));
    step = 'session';
    opened = await openSession({ ...options, trust }, pinned, KEEP_ALIVE_MS);
    pass(`Logged in as ${options.identity.type}.`);
    step = 'nodes';
    steps.push(...(await readNodes(options, opened)));
  } catch (cause) {
    steps.push(toFailedStep(step, toOpcuaFailure(cause, options)));
  } finally {
    await opened?.close();
    await closeTrust(trust);
  }
  return steps;
}

/** The message of a failure ends with "Next: …"; a step shows both parts apart. */
export function toFailedStep(step: string, failure: EngineError): ProbeStep {
  const [text = '', nextStep] = failure.message.split(' Next: ');
  return { step, ok: false, code: failure.code, text, ...(nextStep === undefined ? {} : { nextStep }) };
}

export async function reachTcp(options: ProbeOptions): Promise<string> {
  const { hostname, port } = new URL(options.endpointUrl.replace(/^opc\.tcp:/, 'http:'));
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = createConnection({ host, port: Number(port === '' ? '4840' : port) });
  try {
    const connected = new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    await within(options.clock, TCP_LIMIT_MS, connected, () => new Error('ETIMEDOUT'));
    return `${host} answers on port ${socket.remotePort ?? port}.`;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

async function readNodes(options: ProbeOptions, { session }: OpenedSession): Promise<ProbeStep[]> {
  const limits = await readSessionLimits(session);
  const namespaceArray = await session.readNamespaceArray();
  const bad: { tag: OpcuaTag; reason: string }[] = [];
  const known = options.tags.flatMap((tag) => {
    const resolution = resolveNode(tag.node, namespaceArray);
    if (resolution.isKnown) return [{ tag, nodeId: resolution.nodeId }];
    bad.push({ tag, reason: resolution.reason });
    return [];
  });
  for (const part of chunk(known, limits.nodesPerRead)) {
    const answers = await session.read(part.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })));
    part.forEach(({ tag }, index) => {
      const answer = answers[index];
      const reason = answer === undefined ? 'no answer' : toSample(tag, answer, options.clock.nowMs()).reason;
      if (reason !== null) bad.push({ tag, reason });
    });
  }
  if (bad.length === 0) return [{ step: 'nodes', ok: true, text: `${options.tags.length} tags can be read.` }];
  return bad.map(({ tag, reason }) => ({
    step: 'nodes',
    ok: false,
    code: 'opcua/node-unknown',
    text: `Tag ${tag.tagId} (${tag.node}) cannot be read: ${reason}.`,
    nextStep: 'Compare node id and datatype with the address space of the server.',
  }));
}
