import { describe, expect, it } from 'vitest';
import { BackendTurns } from './embedded-historian-turns.ts';

describe('BackendTurns', () => {
  it('gives the turn in the order of asking, to one at a time', async () => {
    const turns = new BackendTurns();
    const seen: string[] = [];
    const use = async (name: string): Promise<void> => {
      const giveBack = await turns.take();
      seen.push(`${name} in`);
      await Promise.resolve();
      seen.push(`${name} out`);
      giveBack();
    };
    await Promise.all([use('a'), use('b'), use('c')]);
    await use('d');
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out', 'd in', 'd out']);
  });

  it('ignores a turn given back twice', async () => {
    const turns = new BackendTurns();
    const giveBack = await turns.take();
    const seen: string[] = [];
    const second = turns.take().then(() => seen.push('second'));
    void turns.take().then(() => seen.push('third'));
    giveBack();
    giveBack();
    await second;
    await Promise.resolve();
    expect(seen).toEqual(['second']);
  });
});
