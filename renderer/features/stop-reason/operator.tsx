import { Autocomplete } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import type { ReactElement } from 'react';
import { usePeople } from './use-reasons.ts';

/** Who works at this window, kept for the next act; everything people add is signed with it. */
export function useOperator(): readonly [string, (name: string) => void] {
  const [name, setName] = useLocalStorage({
    key: 'lineside.operator',
    defaultValue: '',
    getInitialValueInEffect: false,
  });
  return [name, setName];
}

interface Props {
  readonly name: string;
  readonly onChange: (name: string) => void;
}

export function OperatorField({ name, onChange }: Props): ReactElement {
  return (
    <Autocomplete
      label="Who says so"
      size="xs"
      required
      maxLength={100}
      data={[...new Set(usePeople().map((person) => person.name))]}
      value={name}
      onChange={onChange}
      data-testid="operator"
    />
  );
}
