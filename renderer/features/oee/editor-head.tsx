import { Button, Group } from '@mantine/core';
import type { ReactElement } from 'react';
import { addressOf } from '../../app/screens.ts';
import { openAddress } from '../../app/use-screen.ts';

/** From an editor back to OEE. */
export function EditorHead({ title }: { readonly title: string }): ReactElement {
  return (
    <Group gap={12}>
      <Button size="xs" variant="default" onClick={() => openAddress(addressOf('oee'))} data-testid="back-to-oee">
        ← OEE
      </Button>
      <strong>{title}</strong>
    </Group>
  );
}

/** From OEE to what it stands on. */
export function EditorLinks(): ReactElement {
  return (
    <>
      <Button
        size="xs"
        variant="default"
        onClick={() => openAddress(addressOf('calendar'))}
        data-testid="open-calendar"
      >
        Shift calendar
      </Button>
      <Button size="xs" variant="default" onClick={() => openAddress(addressOf('reasons'))} data-testid="open-reasons">
        Reasons
      </Button>
    </>
  );
}
