import {
  type AddressSpace,
  DataType,
  DataValue,
  type Namespace,
  NodeId,
  NodeIdType,
  StatusCodes,
  type UAObject,
  type UAVariable,
} from 'node-opcua';

export const BIG_NAMESPACE_URI = 'urn:lineside:big;space=50%';

/** Names a PLC project really has, and some that only a bad day has. */
export const ODD_NAMES = [
  'DB_1."Motor 1"',
  'a/b',
  'ns=3;s=x',
  'Öl & <Druck>: .#!',
  'line\nbreak',
  '\u001b[31mred',
  '🙂',
];

export interface BigAddressSpaceSize {
  /** Scalar variables in folders of 1,000 each. */
  readonly variableCount: number;
  /** Variables in one folder beside them. */
  readonly wideCount: number;
}

const FOLDER_SIZE = 1_000;
/** One variable of so many has a range and a unit. */
const ANALOG_EVERY = 100;

/**
 * `Plant` below Objects: `Area 0` …, `Wide`, `Odd`, `Shapes` and `Loop`, whose parts refer to each other and to
 * `Plant` itself.
 */
export function addBigNodes(addressSpace: AddressSpace, size: BigAddressSpaceSize): void {
  const namespace = addressSpace.registerNamespace(BIG_NAMESPACE_URI);
  const folder = (parent: UAObject, name: string): UAObject =>
    namespace.addFolder(parent, { browseName: name, nodeId: `s=${name}` });
  const plant = folder(addressSpace.rootFolder.objects, 'Plant');
  for (let from = 0; from < size.variableCount; from += FOLDER_SIZE) {
    const area = folder(plant, `Area ${from / FOLDER_SIZE}`);
    const count = Math.min(FOLDER_SIZE, size.variableCount - from);
    for (let index = from; index < from + count; index++) addNumber(namespace, area, `Tag ${index}`, index);
  }
  const wide = folder(plant, 'Wide');
  for (let index = 0; index < size.wideCount; index++) addNumber(namespace, wide, `Wide ${index}`, index + 1);
  const odd = folder(plant, 'Odd');
  for (const name of ODD_NAMES) addNumber(namespace, odd, name, 1);
  addShapes(namespace, folder(plant, 'Shapes'));
  const loop = folder(plant, 'Loop');
  const parts = ['Loop A', 'Loop B'].map((name) => folder(loop, name));
  parts.forEach((part, index) => {
    part.addReference({ referenceType: 'Organizes', nodeId: parts[1 - index]?.nodeId ?? plant.nodeId });
    part.addReference({ referenceType: 'Organizes', nodeId: plant.nodeId });
  });
}

function addNumber(namespace: Namespace, parent: UAObject, name: string, index: number): void {
  const shared = {
    componentOf: parent,
    browseName: name,
    nodeId: toNodeId(namespace, name),
    minimumSamplingInterval: 100,
  };
  if (index % ANALOG_EVERY === 0) {
    namespace.addAnalogDataItem({
      ...shared,
      dataType: DataType.Double,
      engineeringUnitsRange: { low: -10, high: index },
      engineeringUnits: {
        unitId: 4408652,
        displayName: '°C',
        namespaceUri: 'http://www.opcfoundation.org/UA/units/un/cefact',
      },
    });
    return;
  }
  namespace.addVariable({ ...shared, dataType: DataType.Double });
}

// A text would be parsed, and end at a line break.
const toNodeId = (namespace: Namespace, name: string): NodeId => new NodeId(NodeIdType.STRING, name, namespace.index);

function addShapes(namespace: Namespace, parent: UAObject): void {
  const add = (
    name: string,
    dataType: string | DataType,
    valueRank = -1,
    arrayDimensions: number[] | null = null,
  ): UAVariable =>
    namespace.addVariable({
      componentOf: parent,
      browseName: name,
      nodeId: `s=${name}`,
      dataType,
      valueRank,
      arrayDimensions,
      minimumSamplingInterval: 100,
    });
  add('Array', DataType.Float, 1, [12]);
  add('Matrix', DataType.Int16, 2, [3, 4]);
  add('Structure', 'BuildInfo');
  add('Enumeration', 'ServerState');
  add('Duration', 'Duration');
  add('Number', 'Number');
  add('Int64', DataType.Int64);
  add('Guid', DataType.Guid);
  add('Text', DataType.LocalizedText);
  const motor = add('Motor', DataType.Boolean);
  namespace.addVariable({
    componentOf: motor,
    browseName: 'Speed',
    nodeId: 's=Motor.Speed',
    dataType: DataType.UInt16,
  });
  namespace.addVariable({ propertyOf: motor, browseName: 'Maker', nodeId: 's=Motor.Maker', dataType: DataType.String });
  const refused = add('Refused', DataType.Int32);
  refused.readAttribute = () => new DataValue({ statusCode: StatusCodes.BadUserAccessDenied });
}
