/** Why a payload cannot be written. */
export type EncodeFaultReason =
  /** The datatype cannot hold the value, or the value does not lie in the field of its kind. */
  | 'value-not-of-type'
  /** No datatype of the specification, or one that may not stand there. */
  | 'unknown-datatype'
  /** Neither a value nor declared null, although the datatype promises one. */
  | 'no-value'
  /** A text that UTF-8 cannot write. */
  | 'no-utf8'
  /** A timestamp, seq, alias or size that is no uint64. */
  | 'number-out-of-range'
  /** Columns, types and rows of a DataSet differ in number (tck-id-payloads-dataset-column-num-headers). */
  | 'rows-do-not-fit-columns'
  /** The decoder could not read the properties or the structure whole, so that a part of it would be lost. */
  | 'read-in-part'
  /** tck-id-payloads-template-definition-ref */
  | 'definition-with-reference'
  /** tck-id-payloads-template-instance-ref */
  | 'instance-without-reference'
  /** tck-id-payloads-template-instance-members, -parameters */
  | 'not-in-definition'
  | 'too-deep'
  | 'too-large';

/** Thrown inside the encoder only: `encodeMessage` and `toWireMetric` turn it into a value. */
export class EncodeFault extends Error {
  readonly reason: EncodeFaultReason;
  /** What could not be written, outermost first; empty for the payload itself. */
  readonly at: string;

  constructor(reason: EncodeFaultReason, at: string) {
    super(`${at}: ${reason}`);
    this.reason = reason;
    this.at = at;
  }
}

/** Does a part of the work; a fault in it is told with the place in front. */
export function within<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EncodeFault)) throw error;
    throw new EncodeFault(error.reason, error.at === '' ? place : `${place}, ${error.at}`);
  }
}
