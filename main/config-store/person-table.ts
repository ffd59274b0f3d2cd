import { Person } from '../../shared/domain/person.ts';
import { EngineError } from '../platform/engine-error.ts';
import type { Sqlite } from './open-configuration-file.ts';

/** Table `person`. Nobody is ever deleted: signatures and assignments name them. Transactions are the caller's. */
export class PersonTable {
  readonly #statements;

  constructor(db: Sqlite) {
    this.#statements = {
      list: db.prepare<[], unknown>(
        'SELECT person_id AS personId, name, role, retired_at_ms AS retiredAtMs FROM person ORDER BY person_id',
      ),
      find: db.prepare<[string], number | null>('SELECT retired_at_ms FROM person WHERE person_id = ?').pluck(),
      add: db.prepare<[string, string, string]>('INSERT INTO person (person_id, name, role) VALUES (?, ?, ?)'),
      retire: db.prepare<[number, string]>('UPDATE person SET retired_at_ms = ? WHERE person_id = ?'),
    };
  }

  list(): readonly Person[] {
    return this.#statements.list.all().map((row) => Person.parse(row));
  }

  /** @throws EngineError `config/person-exists`: an id stands for one person for ever, also when retired. */
  add({ personId, name, role }: Omit<Person, 'retiredAtMs'>): void {
    if (this.#statements.find.get(personId) !== undefined) {
      throw new EngineError('config/person-exists', `there is a person ${personId} already: choose another id`, {
        personId,
      });
    }
    this.#statements.add.run(personId, name, role);
  }

  /** The first retirement counts. @throws EngineError `config/no-person`. */
  retire(personId: string, atMs: number): void {
    const retiredAtMs = this.#statements.find.get(personId);
    if (retiredAtMs === undefined) {
      throw new EngineError('config/no-person', `there is no person ${personId}: lineside config people list`, {
        personId,
      });
    }
    if (retiredAtMs === null) this.#statements.retire.run(atMs, personId);
  }
}
