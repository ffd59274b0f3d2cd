import { describe, expect, it } from 'vitest';
import { ownWords } from './own-words.ts';

describe('ownWords', () => {
  it('finds our options between those of Electron and Chromium', () => {
    const line = [
      'electron',
      '--inspect=0',
      '--remote-debugging-port=0',
      '--no-sandbox',
      '/app',
      '--config',
      's.yaml',
      '--data=d',
    ];
    expect(ownWords(line)).toEqual(['--config', 's.yaml', '--data=d']);
  });

  it('keeps --service and its options, not the display switch', () => {
    const line = ['lineside', '--service', '--ozone-platform=headless', '--data', 'd'];
    expect(ownWords(line)).toEqual(['--service', '--data', 'd']);
  });
});
