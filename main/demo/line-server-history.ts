import {
  DataType,
  DataValue,
  isMinDate,
  type IVariableHistorian,
  type ReadRawModifiedDetails,
  StatusCodes,
  Variant,
} from 'node-opcua';

const FIRST_CAPACITY = 256;

/**
 * The last values of one ramp, kept in memory as 12 bytes each: node-opcua's own historian keeps whole data
 * values and writes two more variables with every value, too much for hundreds of fast tags.
 */
export class RampHistory implements IVariableHistorian {
  readonly #mostValues: number;
  #timesMs = new Float64Array(0);
  #values = new Uint32Array(0);
  /** Place of the oldest value; the others follow, around the end. */
  #start = 0;
  #count = 0;

  constructor(mostValues: number) {
    this.#mostValues = mostValues;
  }

  /** A value that is not newer than the last is left out: a ramp never gives one. */
  push(dataValue: DataValue): Promise<void> {
    const timeMs = dataValue.sourceTimestamp?.getTime();
    if (timeMs !== undefined && (this.#count === 0 || timeMs > this.#timeMs(this.#count - 1))) {
      this.#append(timeMs, Number(dataValue.value.value));
    }
    return Promise.resolve();
  }

  /** Values from startTime to endTime, both included; an absent bound (the least date) is open. */
  extractDataValues(
    { startTime, endTime }: ReadRawModifiedDetails,
    mostCount: number,
    isReversed: boolean,
    isReverseOrder: boolean,
    callback: (error: Error | null, dataValues?: DataValue[]) => void,
  ): void {
    let from = isMinDate(startTime) ? 0 : this.#firstAt((startTime as Date).getTime());
    let until = isMinDate(endTime) ? this.#count : this.#firstAt((endTime as Date).getTime() + 1);
    if (mostCount > 0 && isReversed) from = Math.max(from, until - mostCount);
    else if (mostCount > 0) until = Math.min(until, from + mostCount);
    const dataValues: DataValue[] = [];
    for (let index = from; index < until; index++) dataValues.push(this.#read(index));
    callback(null, isReversed || isReverseOrder ? dataValues.reverse() : dataValues);
  }

  #append(timeMs: number, value: number): void {
    if (this.#count === this.#timesMs.length && this.#count < this.#mostValues) this.#grow();
    const capacity = this.#timesMs.length;
    const place = (this.#start + this.#count) % capacity;
    this.#timesMs[place] = timeMs;
    this.#values[place] = value;
    if (this.#count < capacity) this.#count += 1;
    else this.#start = (this.#start + 1) % capacity;
  }

  /** Only ever full and not yet turned around when it grows, so the order of places is the order of values. */
  #grow(): void {
    const capacity = Math.min(this.#mostValues, Math.max(FIRST_CAPACITY, 2 * this.#timesMs.length));
    const timesMs = new Float64Array(capacity);
    const values = new Uint32Array(capacity);
    timesMs.set(this.#timesMs);
    values.set(this.#values);
    this.#timesMs = timesMs;
    this.#values = values;
  }

  #timeMs(index: number): number {
    return this.#timesMs[(this.#start + index) % this.#timesMs.length] ?? 0;
  }

  /** Index of the first value at or after `timeMs`. */
  #firstAt(timeMs: number): number {
    let from = 0;
    let until = this.#count;
    while (from < until) {
      const middle = (from + until) >>> 1;
      if (this.#timeMs(middle) < timeMs) from = middle + 1;
      else until = middle;
    }
    return from;
  }

  #read(index: number): DataValue {
    const value = this.#values[(this.#start + index) % this.#values.length] ?? 0;
    const time = new Date(this.#timeMs(index));
    return new DataValue({
      value: new Variant({ dataType: DataType.UInt32, value }),
      statusCode: StatusCodes.Good,
      sourceTimestamp: time,
      serverTimestamp: time,
    });
  }
}
