import { coerceExpandedNodeId, ReferenceDescription } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import { ReferencePages } from './reference-pages.ts';

const page = (from: number, count: number, referenceTypeId = 'i=35'): ReferenceDescription[] =>
  Array.from(
    { length: count },
    (_unused, index) =>
      new ReferenceDescription({ referenceTypeId, nodeId: coerceExpandedNodeId(`ns=1;i=${from + index}`) }),
  );

describe('the parts of a list of references', () => {
  it('are taken as long as each is another', () => {
    const pages = new ReferencePages(2_000);
    for (let from = 0; from < 1_000; from += 10) expect(pages.add(page(from, 10))).toBeUndefined();
  });

  it('are given up when one comes again', () => {
    const pages = new ReferencePages(2_000);
    pages.add(page(0, 10));
    pages.add(page(10, 10));
    expect(pages.add(page(0, 10))).toContain('again and again');
  });

  it('may lead to the same node by another type of reference', () => {
    const pages = new ReferencePages(2_000);
    pages.add(page(0, 1));
    expect(pages.add(page(0, 1, 'i=47'))).toBeUndefined();
  });

  it('may be empty a hundred times in a row, not more', () => {
    const pages = new ReferencePages(2_000);
    for (let round = 0; round < 100; round++) expect(pages.add([])).toBeUndefined();
    expect(pages.add([])).toContain('empty parts');
  });

  it('are given up when they are more than any real list has', () => {
    const pages = new ReferencePages(25);
    expect(pages.add(page(0, 25))).toBeUndefined();
    expect(pages.add(page(25, 1))).toBe('it has more than 25 references');
  });
});
