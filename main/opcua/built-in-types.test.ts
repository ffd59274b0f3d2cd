import { DataType, VariantArrayType } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_TYPES, toDatatype } from './built-in-types.ts';
import { convertValue } from './convert-value.ts';

/** One value of each built-in type, as the library decodes it. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  Boolean: true,
  SByte: -128,
  Byte: 255,
  Int16: -32_768,
  UInt16: 65_535,
  Int32: -2_147_483_648,
  UInt32: 4_294_967_295,
  Int64: [0x80000000, 0],
  UInt64: [0xffffffff, 0xffffffff],
  Float: 3.4028234663852886e38,
  Double: 1.7e308,
  String: 'x',
  DateTime: new Date(0),
  Guid: '72962B91-FA75-4AE6-8D28-B404DC7DAF63',
  ByteString: Buffer.from([1]),
  XmlElement: '<x/>',
  QualifiedName: { name: 'x' },
  LocalizedText: { text: 'x' },
};

describe('the datatype offered for a built-in type', () => {
  const offered = Object.entries(BUILT_IN_TYPES).flatMap(([id, builtIn]) => {
    const { datatype } = toDatatype(builtIn, -1);
    return datatype === null ? [] : [{ id: Number(id), name: builtIn.name, datatype }];
  });

  it.each(offered)('$name as $datatype takes its largest values', ({ id, name, datatype }) => {
    const isEnumeration = name === 'Enumeration';
    const value = isEnumeration ? 7 : SAMPLES[name];
    const dataType = isEnumeration ? DataType.Int32 : id;
    expect(convertValue({ dataType, arrayType: VariantArrayType.Scalar, value }, datatype)).toMatchObject({
      isFit: true,
    });
  });

  it('is none for arrays, structures and what nothing is known of', () => {
    expect(toDatatype(BUILT_IN_TYPES[11], 1)).toEqual({ datatype: null, unfit: 'is an array' });
    expect(toDatatype(BUILT_IN_TYPES[11], 0)).toEqual({ datatype: null, unfit: 'is an array' });
    expect(toDatatype(BUILT_IN_TYPES[22], -1)).toEqual({ datatype: null, unfit: 'is a structure' });
    expect(toDatatype(undefined, -1)).toEqual({ datatype: null, unfit: 'has an unknown datatype' });
  });

  it('is that of a scalar where the rank leaves it open', () => {
    for (const rank of [-2, -3, null]) expect(toDatatype(BUILT_IN_TYPES[11], rank).datatype).toBe('Double');
  });
});
