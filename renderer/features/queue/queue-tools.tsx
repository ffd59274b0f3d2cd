import { Button, NativeSelect } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { toFailure } from '../../bridge.ts';
import type { QueueOnly } from './use-queue.ts';

interface Props {
  readonly only: QueueOnly;
  readonly onOnly: (only: QueueOnly) => void;
  readonly sendAgain: () => Promise<boolean>;
}

const STATES = [
  { value: '', label: 'waiting and sent' },
  { value: 'waiting', label: 'waiting' },
  { value: 'sent', label: 'sent, not confirmed' },
];
const CLASSES = [
  { value: '', label: 'every class' },
  { value: 'high', label: 'high' },
  { value: 'normal', label: 'normal' },
  { value: 'low', label: 'low' },
];

/** What the list is narrowed to, and the replay of what is not confirmed. */
export function QueueTools({ only, onOnly, sendAgain }: Props): ReactElement {
  const [said, setSaid] = useState('');
  const replay = async (): Promise<void> => {
    try {
      setSaid(
        (await sendAgain())
          ? 'What is not confirmed is sent once more; the historian keeps each value once.'
          : 'No session is born: everything is sent with the next one.',
      );
    } catch (error) {
      setSaid(toFailure(error).text);
    }
  };
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label="State of the rows"
        data={STATES}
        value={only.state ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onOnly({ ...only, state: value === 'waiting' || value === 'sent' ? value : null })
        }
        data-testid="queue-state"
      />
      <NativeSelect
        size="xs"
        aria-label="Class of the rows"
        data={CLASSES}
        value={only.priority ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onOnly({ ...only, priority: value === 'high' || value === 'normal' || value === 'low' ? value : null })
        }
        data-testid="queue-class"
      />
      <Button size="xs" variant="default" onClick={() => void replay()} data-testid="queue-send-again">
        Send again
      </Button>
      <span role="status" data-testid="queue-said">
        {said}
      </span>
    </>
  );
}
