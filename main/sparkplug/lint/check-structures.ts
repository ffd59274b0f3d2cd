import type { PayloadMetric } from '../payload.ts';
import { checkDataSet } from './check-dataset.ts';
import { checkProperties } from './check-properties.ts';
import { checkTemplate, learnDefinition } from './check-template.ts';
import { isBirth, type LookedAt } from './looked-at.ts';
import { fieldsOf, lastOf, readRawFields } from './raw-fields.ts';

const PROPERTIES = 9;
const DATA_SET = 17;
const TEMPLATE = 18;

const hasStructure = ({ properties, hasBadProperties, wireKind }: PayloadMetric): boolean =>
  properties !== undefined || hasBadProperties || wireKind === 'dataset' || wireKind === 'template';

/** Property sets, data sets and templates of all metrics; reads the bytes again, and only where there are any. */
export function checkStructures(looked: LookedAt): void {
  const { payload, message, verb, node, deviceId, report } = looked;
  if (!payload.metrics.some(hasStructure)) return;
  const metrics = fieldsOf(readRawFields(message.payload), 2).filter(({ wireType }) => wireType === 2);
  const read = metrics.map(({ bytes }, index) => {
    const metric = payload.metrics[index];
    const { alias } = metric ?? {};
    const owner = alias === undefined ? undefined : node.aliases.get(alias);
    const bornName = owner?.deviceId === deviceId ? owner.name : undefined;
    const name = metric?.name ?? bornName ?? `alias ${alias ?? 'none'}`;
    return { name, fields: metric !== undefined && hasStructure(metric) ? readRawFields(bytes) : [] };
  });
  if (verb === 'NBIRTH') {
    for (const { name, fields } of read) {
      const template = lastOf(fields, TEMPLATE);
      if (template !== undefined) learnDefinition(looked, name, template.bytes);
    }
  }
  for (const { name, fields } of read) {
    const properties = lastOf(fields, PROPERTIES);
    if (properties !== undefined) checkProperties(properties.bytes, isBirth(verb), name, report);
    const dataSet = lastOf(fields, DATA_SET);
    if (dataSet !== undefined) checkDataSet(dataSet.bytes, name, report);
    const template = lastOf(fields, TEMPLATE);
    if (template !== undefined) checkTemplate(looked, template.bytes, name);
  }
}
