/** Signs without a picture that steer how text reads; the two joiners and the soft hyphen belong to writing. */
const STEERING = /(?![\u00ad\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

const HTML_NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text that came from a server or a person, as it may be shown: control signs and those that turn the reading
 * direction are written as `\u…`, half of a pair as the sign for what cannot be read. Line breaks stay when asked.
 */
export function visibleText(text: string, lineBreaks: 'keep' | 'escape' = 'escape'): string {
  const lines = lineBreaks === 'keep' ? text.replaceAll(/\r\n?/g, '\n') : text;
  return lines
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .replaceAll(STEERING, (sign) =>
      sign === '\n' && lineBreaks === 'keep' ? sign : `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    );
}

/** Any text for any place of an HTML page: element or quoted attribute. */
export const htmlText = (text: string): string =>
  visibleText(text, 'keep').replaceAll(/[&<>"']/g, (sign) => HTML_NAMES[sign] ?? sign);

/** Any text as a string of a style sheet, with its quotes: no sign of it can end the string or the sheet. */
export const cssString = (text: string): string =>
  `"${visibleText(text).replaceAll(/[^A-Za-z0-9 ]/gu, (sign) => `\\${(sign.codePointAt(0) ?? 0).toString(16)} `)}"`;
