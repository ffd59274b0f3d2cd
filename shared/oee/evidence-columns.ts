/** Rows of one metric of one machine by time, a column each: a month of fast changes has millions of them. */
export interface EvidenceColumns {
  readonly machineId: string;
  readonly metricName: string;
  readonly timesMs: readonly number[];
  /** NaN for none. */
  readonly values: readonly number[];
  /** Text of each row, `undefined` where it has none; absent when no row has one. */
  readonly texts: readonly (string | undefined)[] | undefined;
  /** Good is 192 to 255. */
  readonly qualities: readonly number[];
}

export interface EvidenceQuery {
  readonly machineIds: readonly string[];
  readonly metricNames: readonly string[];
  /** Included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  /** Begin each metric with its last row before, and with its last good one too when that is an earlier one. */
  readonly withBefore: boolean;
}
