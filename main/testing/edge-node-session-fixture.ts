import {
  createEdgeNodeSession,
  type EdgeNodeEffect,
  type EdgeNodeInput,
  type EdgeNodeRules,
} from '../sparkplug/edge-node-session.ts';
import { step } from '../sparkplug/edge-node-session.ts';

/** Runs inputs through the session and keeps all effects, each with the input that caused it. */
export function run(rules: EdgeNodeRules, inputs: readonly EdgeNodeInput[]) {
  let session = createEdgeNodeSession(rules);
  const log: { readonly input: EdgeNodeInput; readonly effects: readonly EdgeNodeEffect[] }[] = [];
  for (const input of inputs) {
    const { next, effects } = step(session, input);
    session = next;
    log.push({ input, effects });
  }
  return { session, log, last: log.at(-1)?.effects ?? [] };
}

/** Our clock in these tests. */
export const NOW_MS = 1_000_000;
export const start: EdgeNodeInput = { type: 'start', nextBdSeq: 7, hostTimestampsMs: new Map() };
export const linkOpen: EdgeNodeInput = { type: 'link-open' };
export const subscribed: EdgeNodeInput = { type: 'subscribed', monotonicMs: 0 };
export const up: readonly EdgeNodeInput[] = [start, linkOpen, subscribed];
export const host = (isOnline: boolean, timestampMs: number, monotonicMs = 0): EdgeNodeInput => ({
  type: 'host-state',
  isOnline,
  timestampMs,
  nowMs: NOW_MS,
  monotonicMs,
});
export const alone: EdgeNodeRules = { hasPrimaryHost: false, brokerCount: 1 };
export const withHost: EdgeNodeRules = { hasPrimaryHost: true, brokerCount: 1 };
export const withTwoBrokers: EdgeNodeRules = { hasPrimaryHost: true, brokerCount: 2 };
export const types = (effects: readonly EdgeNodeEffect[]): string[] => effects.map((effect) => effect.type);
