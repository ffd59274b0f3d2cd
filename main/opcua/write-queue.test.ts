import { describe, expect, it } from 'vitest';
import { WriteQueue } from './write-queue.ts';

/** Work that ends when it is told, and notes when it begins. */
function bench() {
  const queue = new WriteQueue();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const add = (key: string, name: string): Promise<string> | undefined =>
    queue.run(key, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      return name;
    });
  const endNext = async (): Promise<void> => {
    ends.shift()?.();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { queue, begun, add, endNext };
}

describe('the queue of writes', () => {
  it('runs those of one key one after the other, and lets others pass', async () => {
    const { begun, add, endNext } = bench();
    const last = [add('a', 'a1'), add('a', 'a2'), add('b', 'b1')].at(1);
    expect(begun).toEqual(['a1', 'b1']);
    await endNext();
    expect(begun).toEqual(['a1', 'b1', 'a2']);
    await endNext();
    await endNext();
    expect(await last).toBe('a2');
  });

  it('runs four at once, however many wait', async () => {
    const { begun, add, endNext } = bench();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) void add(name, name);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    await endNext();
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('goes on after work that fails, and tells it to whom it belongs', async () => {
    const { queue, begun, add } = bench();
    const failed = queue.run('a', () => Promise.reject(new Error('no')));
    void add('a', 'a2');
    await expect(failed).rejects.toThrow('no');
    await Promise.resolve();
    expect(begun).toEqual(['a2']);
  });

  it('takes no more when a thousand wait', () => {
    const { add } = bench();
    for (let index = 0; index < 1_001; index += 1) expect(add('a', String(index))).toBeDefined();
    expect(add('a', 'too many')).toBeUndefined();
    expect(add('b', 'too many')).toBeUndefined();
  });
});
