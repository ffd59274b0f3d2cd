/**
 * Text that came over the network, for a terminal: signs that would steer it, or turn the reading direction, are
 * written as `\u…`.
 */
export const printable = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
