import { type Datatype, isArrayDatatype, isArrayValue, type MetricValue } from '../../shared/domain/metric.ts';
import { toValue } from './metric-value.ts';
import type { PayloadMetric } from './payload.ts';

/** Array items of one message: a message of 16 MB of single bits would else become a gigabyte of booleans. */
const MAX_ITEMS_A_MESSAGE = 8_388_608;

/** Reads the values of one message under their datatypes, as long as their arrays stay within a bound together. */
export class ItemBudget {
  #itemsLeft = MAX_ITEMS_A_MESSAGE;

  /** Undefined where the wire value is none of the datatype, or where the items are used up. */
  read({ isNull, wireKind, wireValue }: PayloadMetric, datatype: Datatype): MetricValue | undefined {
    if (isNull) return null;
    if (isArrayDatatype(datatype) && this.#itemsLeft <= 0) return undefined;
    const value = toValue(datatype, wireKind, wireValue);
    if (value === undefined || !isArrayValue(value)) return value;
    this.#itemsLeft -= value.length;
    return this.#itemsLeft < 0 ? undefined : value;
  }
}
