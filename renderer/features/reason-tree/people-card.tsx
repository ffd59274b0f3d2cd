import { Button, Group, Select, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useCallback, useEffect, useState } from 'react';
import { type Person, PersonRole } from '../../../shared/domain/person.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { toFailure } from '../../bridge.ts';
import { Card } from '../../components/card.tsx';
import { Notice } from '../../components/notice.tsx';
import css from './reason-panel.module.css';

const ROLES: Readonly<Record<PersonRole, string>> = {
  viewer: 'looks',
  operator: 'gives reasons, signs',
  engineer: 'also changes the site',
};

/** An id made of the name, that nobody has or had. */
function toPersonId(name: string, people: readonly Person[]): string {
  const stem =
    name
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '.')
      .replace(/^\.+|\.+$/g, '')
      .slice(0, 56) || 'person';
  const known = new Set(people.map(({ personId }) => personId));
  for (let count = 1; ; count++) {
    const personId = count === 1 ? stem : `${stem}.${count}`;
    if (!known.has(personId)) return personId;
  }
}

/** Who may give reasons, sign shifts and change the site. */
export function PeopleCard(): ReactElement {
  const { people: calls } = useWorkbench();
  const [people, setPeople] = useState<readonly Person[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [role, setRole] = useState<PersonRole>('operator');
  const work = useCallback(async (ask: () => Promise<readonly Person[]>): Promise<boolean> => {
    try {
      setPeople(await ask());
      setFailure(null);
      return true;
    } catch (error) {
      setFailure(toFailure(error).text);
      return false;
    }
  }, []);
  useEffect(() => {
    calls.list(undefined).then(setPeople, (error: unknown) => setFailure(toFailure(error).text));
  }, [calls]);
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await work(() => calls.add({ personId: toPersonId(name, people), name, role }))) setName('');
  };
  const active = people.filter((person) => person.retiredAtMs === null);
  return (
    <Card title="People" note="may give reasons and sign shifts" testId="people">
      {failure !== null && <Notice tone="look">{failure}</Notice>}
      {active.length === 0 && <p className={css.quiet}>Nobody yet. Add yourself, so that changes carry your name.</p>}
      <ul className={css.people}>
        {active.map((person) => (
          <li key={person.personId} data-testid="person">
            <span>{person.name}</span>
            <span className={css.quiet}>{ROLES[person.role]}</span>
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`Retire ${person.name}`}
              onClick={() => void work(() => calls.retire({ personId: person.personId }))}
            >
              Retire
            </Button>
          </li>
        ))}
      </ul>
      <form onSubmit={(event) => void add(event)}>
        <Group gap={8} align="end">
          <TextInput
            label="Name"
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="person-name"
          />
          <Select
            label="May"
            size="xs"
            w={168}
            allowDeselect={false}
            data={PersonRole.options.map((value) => ({ value, label: ROLES[value] }))}
            value={role}
            onChange={(value) => setRole(PersonRole.parse(value))}
          />
          <Button type="submit" size="xs" variant="default">
            Add
          </Button>
          <Button
            size="xs"
            variant="subtle"
            onClick={() => void calls.me(undefined).then(setName)}
            data-testid="add-me"
          >
            Me
          </Button>
        </Group>
      </form>
    </Card>
  );
}
