import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, pageHeaders, toPageFile } from './page-response.ts';

const FOLDER = '/opt/lineside/renderer';

describe('toPageFile', () => {
  it('finds files of the window', () => {
    expect(toPageFile('app://lineside/', FOLDER)).toBe(`${FOLDER}/index.html`);
    expect(toPageFile('app://lineside/assets/a.js?v=1#x', FOLDER)).toBe(`${FOLDER}/assets/a.js`);
  });

  it.each([
    'app://other/index.html',
    'file:///etc/passwd',
    'app://lineside/a%00.js',
    'app://lineside/..%5cx',
    'nonsense',
  ])('gives nothing for %s', (url) => expect(toPageFile(url, FOLDER)).toBeNull());

  it.each(['app://lineside/../../etc/passwd', 'app://lineside/%2e%2e/%2e%2e/etc/passwd'])(
    'keeps %s inside its folder',
    (url) => expect(toPageFile(url, FOLDER)).toBe(`${FOLDER}/etc/passwd`),
  );

  it('does not leave the folder by encoded slashes', () => {
    expect(toPageFile('app://lineside/..%2f..%2fetc/passwd', FOLDER)).toBeNull();
  });
});

describe('contentSecurityPolicy', () => {
  it('allows no inline code, no eval and no other origin', () => {
    const policy = contentSecurityPolicy('abc');
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("style-src 'self' 'nonce-abc'");
    expect(pageHeaders('x.js', 'abc')['content-type']).toContain('text/javascript');
  });
});
