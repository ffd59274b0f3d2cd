import type sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { EncodeFault, within } from './encode-fault.ts';
import {
  checkEncodeDepth,
  setCell,
  toGeneratedDataSet,
  toGeneratedMetaData,
  toGeneratedProperties,
  toText,
  toUint64,
} from './encode-structures.ts';
import { toMetricValue } from './metric-value.ts';
import type { DataSet, PayloadMetric, Template, TemplateParameter } from './payload.ts';
import { PAYLOAD_DATATYPES } from './payload.ts';

type GeneratedMetric = sparkplugProto.org.eclipse.tahu.protobuf.Payload.IMetric;
type GeneratedTemplate = NonNullable<GeneratedMetric['templateValue']>;
type GeneratedParameter = NonNullable<GeneratedTemplate['parameters']>[number];

/** Template definitions by the name of their metric, which is what `templateRef` of an instance says. */
export type Definitions = ReadonlyMap<string, Template>;

const isDataSet = (value: PayloadMetric['wireValue']): value is DataSet =>
  typeof value === 'object' && 'columns' in value;
const isTemplate = (value: PayloadMetric['wireValue']): value is Template =>
  typeof value === 'object' && 'isDefinition' in value;

const notOfKind = (): never => {
  throw new EncodeFault('value-not-of-type', '');
};

/** The value as it lies on the wire, into the field of its kind. */
function setWireValue(
  generated: GeneratedMetric,
  { wireKind, wireValue: value }: PayloadMetric,
  definitions: Definitions,
  depth: number,
): void {
  switch (wireKind) {
    case 'none':
      return;
    case 'int':
      generated.intValue = typeof value === 'number' && value >>> 0 === value ? value : notOfKind();
      return;
    case 'long':
      generated.longValue = typeof value === 'bigint' ? toUint64(value, '') : notOfKind();
      return;
    case 'float':
      generated.floatValue = typeof value === 'number' && Object.is(Math.fround(value), value) ? value : notOfKind();
      return;
    case 'double':
      generated.doubleValue = typeof value === 'number' ? value : notOfKind();
      return;
    case 'boolean':
      generated.booleanValue = typeof value === 'boolean' ? value : notOfKind();
      return;
    case 'string':
      generated.stringValue = typeof value === 'string' ? toText(value, '') : notOfKind();
      return;
    case 'bytes':
      generated.bytesValue = value instanceof Uint8Array ? value : notOfKind();
      return;
    case 'dataset':
      if (value === undefined) throw new EncodeFault('read-in-part', '');
      generated.datasetValue = isDataSet(value) ? toGeneratedDataSet(value) : notOfKind();
      return;
    case 'template':
      if (value === undefined) throw new EncodeFault('read-in-part', '');
      generated.templateValue = isTemplate(value) ? toGeneratedTemplate(value, definitions, depth + 1) : notOfKind();
      return;
    case 'extension':
      generated.extensionValue = {};
      return;
  }
}

/** A metric may promise no value only as a member of a definition. */
function checkDatatype(metric: PayloadMetric, isMemberOfDefinition: boolean): void {
  const { datatype, isNull, wireKind } = metric;
  if (datatype === undefined) return;
  const typeName = PAYLOAD_DATATYPES[datatype];
  if (typeName === undefined || typeName === 'Unknown' || typeName.startsWith('PropertySet')) {
    throw new EncodeFault('unknown-datatype', '');
  }
  if (isNull) return;
  if (wireKind === 'none' && !isMemberOfDefinition) throw new EncodeFault('no-value', '');
  if (wireKind !== 'none' && toMetricValue(metric, datatype) === undefined) {
    throw new EncodeFault('value-not-of-type', '');
  }
}

const placeOf = ({ name, alias }: PayloadMetric): string =>
  name === undefined ? `metric with alias ${alias ?? 'missing'}` : `metric "${name}"`;

/** A metric as the decoder gives it, in the form of the generated encoder. Throws `EncodeFault`. */
export function toGeneratedMetric(
  metric: PayloadMetric,
  definitions: Definitions,
  depth: number,
  isMemberOfDefinition = false,
): GeneratedMetric {
  return within(placeOf(metric), () => {
    checkEncodeDepth(depth);
    if (metric.hasBadProperties) throw new EncodeFault('read-in-part', 'properties');
    const generated: GeneratedMetric = {};
    if (metric.name !== undefined) generated.name = toText(metric.name, 'name');
    if (metric.alias !== undefined) generated.alias = toUint64(metric.alias, 'alias');
    if (metric.timestampMs !== undefined) generated.timestamp = toUint64(metric.timestampMs, 'timestamp');
    if (metric.datatype !== undefined) generated.datatype = metric.datatype;
    if (metric.isHistorical) generated.isHistorical = true;
    if (metric.isTransient) generated.isTransient = true;
    if (metric.isNull) generated.isNull = true;
    if (metric.metadata !== undefined) generated.metadata = toGeneratedMetaData(metric.metadata);
    if (metric.properties !== undefined) generated.properties = toGeneratedProperties(metric.properties, depth + 1);
    setWireValue(generated, metric, definitions, depth);
    checkDatatype(metric, isMemberOfDefinition);
    return generated;
  });
}

function toGeneratedParameter({ name, type, value }: TemplateParameter): GeneratedParameter {
  const place = `parameter "${name ?? ''}"`;
  const generated: GeneratedParameter = {};
  if (name !== undefined) generated.name = toText(name, place);
  if (type !== undefined) generated.type = type;
  if (type !== undefined || value !== null) setCell(generated, type ?? 0, value, place);
  return generated;
}

/** An instance may hold members and parameters of its definition only (tck-id-payloads-template-instance-members). */
function checkAgainst(definition: Template, { metrics, parameters }: Template): void {
  const members = new Set(definition.metrics.map(({ name }) => name));
  for (const member of metrics) {
    const isKnown = member.name === undefined || members.has(member.name);
    if (!isKnown) throw new EncodeFault('not-in-definition', placeOf(member));
  }
  const known = new Set(definition.parameters.map(({ name }) => name));
  const stranger = parameters.find(({ name }) => !known.has(name));
  if (stranger) throw new EncodeFault('not-in-definition', `parameter "${stranger.name ?? ''}"`);
}

/** `isDefinition` is always written, the version only where there is one. Throws `EncodeFault`. */
export function toGeneratedTemplate(template: Template, definitions: Definitions, depth: number): GeneratedTemplate {
  checkEncodeDepth(depth);
  const { version, templateRef, isDefinition, metrics, parameters } = template;
  if (isDefinition && templateRef !== undefined) throw new EncodeFault('definition-with-reference', '');
  if (!isDefinition) {
    if (templateRef === undefined || templateRef === '') throw new EncodeFault('instance-without-reference', '');
    const definition = definitions.get(templateRef);
    if (definition) checkAgainst(definition, template);
  }
  return {
    ...(version === undefined ? {} : { version: toText(version, 'version') }),
    metrics: metrics.map((metric) => toGeneratedMetric(metric, definitions, depth + 1, isDefinition)),
    parameters: parameters.map((parameter) => toGeneratedParameter(parameter)),
    ...(templateRef === undefined ? {} : { templateRef: toText(templateRef, 'templateRef') }),
    isDefinition,
  };
}
