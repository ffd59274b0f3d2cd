/** An instant of a parameter in milliseconds; no time zone takes part. */
export const AT = (parameter: string): string =>
  `timestamptz 'epoch' + ${parameter}::float8 * interval '1 millisecond'`;

/** Milliseconds of a column; whole ones survive the way through float8 unharmed. */
export const MS = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;
