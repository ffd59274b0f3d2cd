import { WireFault, WireReader } from '../wire-reader.ts';

/** One field of a protobuf message as it stands in the bytes, known or not. */
export interface RawField {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wireType: number;
  /** Of a varint; 0n otherwise. */
  readonly varint: bigint;
  /** Of a length-delimited field; empty otherwise. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array();

/**
 * The fields of one message, not of those nested in it. The decoder of the gateway puts contradictions of a structure
 * into one "undefined"; the lint has to name them. Gives what stands before a fault of the bytes.
 */
export function readRawFields(bytes: Uint8Array): readonly RawField[] {
  const reader = new WireReader(bytes);
  const fields: RawField[] = [];
  try {
    while (reader.at < bytes.length) {
      const tag = reader.tag();
      const wireType = tag & 7;
      const number = tag >>> 3;
      if (wireType === 0) fields.push({ number, wireType, varint: reader.uint64(), bytes: NO_BYTES });
      else if (wireType === 2) fields.push({ number, wireType, varint: 0n, bytes: reader.bytes() });
      else {
        reader.skip(tag);
        fields.push({ number, wireType, varint: 0n, bytes: NO_BYTES });
      }
    }
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
  }
  return fields;
}

/** The fields of that number, in their order. */
export const fieldsOf = (fields: readonly RawField[], number: number): readonly RawField[] =>
  fields.filter((field) => field.number === number);

/** The last field of that number, which is the one that counts in protobuf. */
export const lastOf = (fields: readonly RawField[], number: number): RawField | undefined =>
  fields.findLast((field) => field.number === number);

export const textOf = (field: RawField): string => new TextDecoder().decode(field.bytes);

/** A uint32 as the decoder reads it. */
export const uint32Of = (field: RawField): number => Number(field.varint & 0xffff_ffffn);
