const INTEGER_LIMITS = {
  Int8: [-128, 127],
  Int16: [-32_768, 32_767],
  Int32: [-2_147_483_648, 2_147_483_647],
  UInt8: [0, 255],
  UInt16: [0, 65_535],
  UInt32: [0, 4_294_967_295],
} as const;

/** Whether an integer datatype of up to 32 bits can hold the value. */
export function isWithin(datatype: keyof typeof INTEGER_LIMITS, value: unknown): value is number {
  const [least, greatest] = INTEGER_LIMITS[datatype];
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= greatest;
}
