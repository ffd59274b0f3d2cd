import { describe, expect, it } from 'vitest';
import { isMergedOnline, isStray, type MergedChange, type MergeInput, mergeStep, NO_SESSIONS } from './host-merge.ts';

type Said = MergeInput extends infer Input ? (Input extends MergeInput ? Omit<Input, 'atMs'> : never) : never;

function merged() {
  let node = NO_SESSIONS;
  const tell = ({ deviceId, isOnline, because }: MergedChange): string =>
    `${deviceId ?? 'node'} ${isOnline ? 'online' : `offline ${because}`}`;
  return {
    node: () => node,
    take: (...inputs: readonly Said[]): string[] =>
      inputs.flatMap((input) => {
        const { next, changes } = mergeStep(node, { ...input, atMs: 5 });
        node = next;
        return changes.map(tell);
      }),
  };
}

const born = (broker: number, bdSeq: number | null) => ({ type: 'node-online', broker, bdSeq }) as const;
const press = (broker: number) => ({ type: 'device-online', broker, deviceId: 'press' }) as const;
const died = (broker: number) => ({ type: 'node-offline', broker, because: 'death' }) as const;
const pressDied = (broker: number) =>
  ({ type: 'device-offline', broker, deviceId: 'press', because: 'node-death' }) as const;
const linkLost = (broker: number) => ({ type: 'node-offline', broker, because: 'link-lost' }) as const;

describe('an edge node over several brokers', () => {
  it('walks from one broker to another without being offline, however late its death on the first one comes', () => {
    const { take, node } = merged();
    expect(take(born(0, 5), press(0))).toEqual(['node online', 'press online']);
    expect(take(born(1, 6), press(1), { type: 'settled', broker: 1 }, pressDied(0), died(0))).toEqual([]);
    expect(node().home).toBe(1);
    expect(take(pressDied(1), died(1))).toEqual(['press offline node-death', 'node offline death']);
  });

  it('is offline with the death on its present broker, although it never died on the one before', () => {
    const { take, node } = merged();
    take(born(0, 5), press(0), born(1, 6));
    expect(take(died(1))).toEqual(['press offline node-death', 'node offline death']);
    expect(isMergedOnline(node())).toBe(false);
    expect(take(born(0, 7))).toEqual(['node online']);
  });

  it('gives a device that is not born on the new broker up when the births there are complete', () => {
    const { take } = merged();
    take(born(0, 5), press(0), born(1, 6));
    expect(take({ type: 'settled', broker: 0 })).toEqual([]);
    expect(take({ type: 'settled', broker: 1 })).toEqual(['press offline not-born-again']);
  });

  it('is online for as long as one of two brokers that share their messages carries it', () => {
    const { take } = merged();
    expect(take(born(0, 5), born(1, 5), press(0), press(1))).toEqual(['node online', 'press online']);
    const lost = { type: 'device-offline', broker: 0, deviceId: 'press', because: 'link-lost' } as const;
    expect(take(lost, linkLost(0))).toEqual([]);
    expect(take(born(0, 5), press(0))).toEqual([]);
    expect(take(pressDied(1), died(1), pressDied(0), died(0))).toEqual([
      'press offline node-death',
      'node offline death',
    ]);
  });

  it('is one session on both again when one of them was slow to pass on two reconnects', () => {
    const { take, node } = merged();
    take(born(0, 5), born(1, 5), born(0, 6), born(0, 7), born(1, 6));
    expect(isStray(node(), 0, 20_000)).toBe(true);
    take(born(1, 7));
    expect(isStray(node(), 0, 20_000)).toBe(false);
    expect(take(linkLost(1))).toEqual([]);
    expect(isMergedOnline(node())).toBe(true);
  });

  it('is offline when the link to its only broker is lost, whatever an earlier one still believes', () => {
    const { take } = merged();
    take(born(0, 5), born(1, 6));
    expect(take(linkLost(1))).toEqual(['node offline link-lost']);
  });

  it('is held for another session without bdSeq, because nothing proves that it is the same', () => {
    const { take } = merged();
    take(born(0, null), born(1, null));
    expect(take(died(0))).toEqual([]);
    expect(take(died(1))).toEqual(['node offline death']);
  });
});
