import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import type { ReactElement } from 'react';

interface Props {
  readonly text: string;
  readonly label: string;
  readonly testId?: string;
}

/** Puts a text on the clipboard and says so. */
export function CopyText({ text, label, testId }: Props): ReactElement {
  const clipboard = useClipboard({ timeout: 2_000 });
  return (
    <Button size="compact-xs" variant="default" onClick={() => clipboard.copy(text)} data-testid={testId}>
      {clipboard.copied ? 'Copied' : clipboard.error === null ? label : 'Not copied'}
    </Button>
  );
}
