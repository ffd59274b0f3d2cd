import {
  AccessLevelFlag,
  type AddressSpace,
  DataType,
  type Namespace,
  type StatusCode,
  StatusCodes,
  type UAObject,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import { isEngineError } from '../platform/engine-error.ts';
import { type DemoFault, parseDemoFault } from './demo-faults.ts';
import { RampHistory } from './line-server-history.ts';
import type { LineChange } from './packaging-line.ts';
import { DEMO_MACHINES, DEMO_NAMESPACE_URI, demoTagName, loadTagName, machineTags } from './packaging-line-tags.ts';

/** The nodes of the demo line; writing a value reports it to every subscription. */
export interface LineNodes {
  setLine(change: LineChange): void;
  setRamp(tagIndex: number, value: number, timestampMs: number): void;
}

interface LineVariable {
  readonly variable: UAVariable;
  readonly dataType: DataType;
}

const DATA_TYPES = {
  String: DataType.String,
  Boolean: DataType.Boolean,
  Double: DataType.Double,
  UInt32: DataType.UInt32,
  Int64: DataType.Int64,
} as const;

/** Per load tag: over half an hour at 10 changes per second. */
const KEPT_RAMP_VALUES = 20_000;

type DemoDatatype = keyof typeof DATA_TYPES;

const FIRST_VALUES: Readonly<Record<DemoDatatype, unknown>> = {
  String: '',
  Boolean: false,
  Double: 0,
  UInt32: 0,
  Int64: [0, 0],
};

/** node-opcua writes Int64 as [high word, low word]. */
const toWords = (value: number): [number, number] => [Math.floor(value / 2 ** 32), value >>> 0];

/** Adds all nodes to the address space and returns how to set them. */
export function addLineNodes(
  addressSpace: AddressSpace,
  loadTagCount: number,
  onFault: (fault: DemoFault) => void,
): LineNodes {
  const namespace = addressSpace.registerNamespace(DEMO_NAMESPACE_URI);
  const folder = addFolder(namespace, addressSpace.rootFolder.objects, 'Demo line', 'Line');
  const variables = new Map<string, LineVariable>();
  for (const machine of DEMO_MACHINES) {
    const parent = addFolder(namespace, folder, machine.id, machine.id);
    for (const tag of machineTags(machine.id)) {
      const name = demoTagName(machine.id, tag.signal);
      variables.set(name, addVariable(namespace, parent, tag.signal, name, tag.datatype as DemoDatatype));
    }
  }
  addCommandNode(namespace, folder, onFault);
  const load = addFolder(namespace, folder, 'Load', 'Load');
  const ramps = Array.from({ length: loadTagCount }, (_unused, index) =>
    addVariable(namespace, load, loadTagName(index), loadTagName(index), 'UInt32'),
  );
  for (const { variable } of ramps) {
    addressSpace.installHistoricalDataNode(variable, { historian: new RampHistory(KEPT_RAMP_VALUES) });
  }
  return {
    setLine(change) {
      const target = variables.get(change.name);
      if (target === undefined) return;
      const value = target.dataType === DataType.Int64 ? toWords(change.value as number) : change.value;
      const status = change.isBad ? StatusCodes.BadSensorFailure : StatusCodes.Good;
      target.variable.setValueFromSource(
        { dataType: target.dataType, arrayType: VariantArrayType.Scalar, value },
        status,
        new Date(change.timestampMs),
      );
    },
    setRamp(tagIndex, value, timestampMs) {
      ramps[tagIndex]?.variable.setValueFromSource(
        { dataType: DataType.UInt32, arrayType: VariantArrayType.Scalar, value },
        StatusCodes.Good,
        new Date(timestampMs),
      );
    },
  };
}

function addFolder(namespace: Namespace, organizedBy: UAObject, browseName: string, name: string): UAObject {
  return namespace.addObject({ organizedBy, browseName, nodeId: `s=${name}` });
}

function addVariable(
  namespace: Namespace,
  parent: UAObject,
  browseName: string,
  name: string,
  datatype: DemoDatatype,
): LineVariable {
  const dataType = DATA_TYPES[datatype];
  const variable = namespace.addVariable({
    componentOf: parent,
    browseName,
    nodeId: `s=${name}`,
    dataType,
    // 0 = the variable reports by itself: an item with sampling interval 0 gets every value.
    minimumSamplingInterval: 0,
    accessLevel: AccessLevelFlag.CurrentRead,
    userAccessLevel: AccessLevelFlag.CurrentRead,
    value: { dataType, arrayType: VariantArrayType.Scalar, value: FIRST_VALUES[datatype] },
  });
  return { variable, dataType };
}

function addCommandNode(namespace: Namespace, parent: UAObject, onFault: (fault: DemoFault) => void): void {
  let lastText = '';
  namespace.addVariable({
    componentOf: parent,
    browseName: 'Command',
    nodeId: 's=Demo.Command',
    description: 'Write a fault as JSON, e.g. {"kind":"jam","machine":"Filler","durationS":30}',
    dataType: DataType.String,
    accessLevel: AccessLevelFlag.CurrentRead | AccessLevelFlag.CurrentWrite,
    userAccessLevel: AccessLevelFlag.CurrentRead | AccessLevelFlag.CurrentWrite,
    value: {
      get: () => new Variant({ dataType: DataType.String, value: lastText }),
      set: (variant: Variant): StatusCode => {
        try {
          const text = String(variant.value);
          onFault(parseDemoFault(text));
          lastText = text;
          return StatusCodes.Good;
        } catch (error) {
          return isEngineError(error) ? StatusCodes.BadInvalidArgument : StatusCodes.BadInternalError;
        }
      },
    },
  });
}
