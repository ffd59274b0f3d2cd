import { AttributeIds, type ClientSession, type DataValue } from 'node-opcua';
import type { ResolvedTag } from './item-request.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import { chunk } from './session-limits.ts';

/**
 * Reads the present value of tags: after a gap the last change of a tag may be among what is missing, and no
 * notification would ever tell it.
 *
 * @throws an error of node-opcua.
 */
export async function readTags(
  session: ClientSession,
  tags: readonly ResolvedTag[],
  nodesPerRead: number,
  onValue: (tag: OpcuaTag, dataValue: DataValue) => void,
): Promise<void> {
  for (const part of chunk(tags, nodesPerRead)) {
    const nodes = part.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value }));
    const answers = await session.read(nodes);
    part.forEach(({ tag }, index) => {
      const answer = answers[index];
      if (answer !== undefined) onValue(tag, answer);
    });
  }
}
