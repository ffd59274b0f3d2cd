import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCanonicalJson } from './canonical-json.ts';
import { compareDocuments } from './site-difference.ts';

const compare = (before: object, after: object) => compareDocuments(toCanonicalJson(before), toCanonicalJson(after));
const NOTHING = { added: [], changed: [], removed: [] };
const document = fc.dictionary(fc.string(), fc.jsonValue());

describe('the difference of two sites', () => {
  it('names the outermost thing that differs, items by their id, metric or name', () => {
    const before = { machines: [{ id: 'A', tags: [{ metric: 'X', unit: 'bar' }, { metric: 'Y' }] }, { id: 'B' }] };
    const after = { machines: [{ id: 'A', tags: [{ metric: 'X', unit: 'Pa', deadband: 1 }] }, { id: 'C' }] };
    expect(compare(before, after)).toEqual({
      added: ['machines[A].tags[X].deadband', 'machines[C]'],
      changed: ['machines[A].tags[X].unit'],
      removed: ['machines[A].tags[Y]', 'machines[B]'],
    });
  });

  it('names a list whose items only changed their order, and each of two items with one name', () => {
    expect(compare({ list: [{ id: 'A' }, { id: 'B' }] }, { list: [{ id: 'B' }, { id: 'A' }] })).toEqual({
      ...NOTHING,
      changed: ['list'],
    });
    expect(
      compare(
        {
          list: [
            { name: 'A', x: 1 },
            { name: 'A', x: 2 },
          ],
        },
        { list: [{ name: 'A', x: 1 }] },
      ),
    ).toEqual({
      ...NOTHING,
      removed: ['list[A, 1]'],
    });
  });

  it('is nothing for equal documents, something for others, and turns round with them', () => {
    fc.assert(
      fc.property(document, document, (one, other) => {
        expect(compare(one, one)).toEqual(NOTHING);
        const there = compare(one, other);
        const back = compare(other, one);
        const isSame = toCanonicalJson(one) === toCanonicalJson(other);
        expect([...there.added, ...there.changed, ...there.removed].length === 0).toBe(isSame);
        expect([...there.added].sort()).toEqual([...back.removed].sort());
        expect([...there.changed].sort()).toEqual([...back.changed].sort());
      }),
    );
  });
});
