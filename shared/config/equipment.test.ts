import { describe, expect, it } from 'vitest';
import { TagConfig } from './equipment.ts';

const nodeFaultOf = (node: string): string | undefined =>
  TagConfig.safeParse({ node, metric: 'State', datatype: 'Int32' }).error?.issues[0]?.message;

describe('the node of a tag', () => {
  it.each(['nsu=urn:plc;s=Filler.State', 'nsu=urn:plc;i=7', 'nsu=urn:plc;s=a;s=b', 'nsu=urn:plc;s=آلة 🏭'])(
    'may be %j',
    (node) => expect(nodeFaultOf(node)).toBeUndefined(),
  );

  it('may have line breaks of every kind in its name, as a server may', () => {
    for (const lineBreak of ['\n', '\r\n', '\u2028', '\u0085']) {
      expect(nodeFaultOf(`nsu=urn:plc;s=Filler${lineBreak}State`)).toBeUndefined();
    }
  });

  it.each(['ns=2;s=Filler.State', 'nsu=urn:plc;s=', 'nsu=;s=a', 's=a', ''])('is refused as %j', (node) =>
    expect(nodeFaultOf(node)).toContain('is not a node id by namespace URI'),
  );

  it('is refused when it cannot be written as UTF-8', () => {
    expect(nodeFaultOf('nsu=urn:plc;s=half \ud83d')).toContain('is not valid UTF-8');
  });
});
