import { CloseButton, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly testId: string;
}

/** Longest search a page query takes. */
const MAX_LENGTH = 200;

/** Filters a list while it is typed; Escape empties it. */
export function SearchField({ label, value, onChange, testId }: Props): ReactElement {
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      maxLength={MAX_LENGTH}
      value={value}
      w={280}
      data-testid={testId}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onChange('');
      }}
      rightSection={
        value === '' ? null : <CloseButton size="xs" aria-label="Empty the search" onClick={() => onChange('')} />
      }
    />
  );
}
