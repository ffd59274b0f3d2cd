import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Reason } from '../../shared/domain/reason.ts';
import { type ConfigurationStore, openConfigurationStore } from './configuration-store.ts';
import { DEFAULT_REASONS } from './default-reasons.ts';

const reasonOf = (reasonId: string, change: Partial<Reason> = {}): Reason => ({
  reasonId,
  parentReasonId: null,
  names: { en: reasonId },
  timeClass: 'failure',
  isPlanned: false,
  retiredAtMs: null,
  ...change,
});
const coded = (code: string): unknown => expect.objectContaining({ code });

let folder: string;
let store: ConfigurationStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineside-people-'));
  store = openConfigurationStore(join(folder, 'configuration.sqlite'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('people', () => {
  it('are added, listed and retired, and keep their id for ever', () => {
    store.addPerson({ personId: 'bert', name: 'Bert', role: 'operator' });
    store.addPerson({ personId: 'anna', name: 'Anna', role: 'engineer' });
    store.retirePerson('bert', 5_000);
    store.retirePerson('bert', 6_000);
    expect(store.people()).toEqual([
      { personId: 'anna', name: 'Anna', role: 'engineer', retiredAtMs: null },
      { personId: 'bert', name: 'Bert', role: 'operator', retiredAtMs: 5_000 },
    ]);
    expect(() => store.addPerson({ personId: 'bert', name: 'Bertha', role: 'viewer' })).toThrow(
      coded('config/person-exists'),
    );
    expect(() => store.retirePerson('carl', 1)).toThrow(coded('config/no-person'));
  });

  it('are refused with an id that is none, a role that is none, or no name', () => {
    const good = { personId: 'anna', name: 'Anna', role: 'viewer' } as const;
    for (const bad of [{ personId: 'An na' }, { role: 'king' as 'viewer' }, { name: ' ' }]) {
      expect(() => store.addPerson({ ...good, ...bad })).toThrow(coded('config/person-invalid'));
    }
    expect(store.people()).toEqual([]);
  });
});

describe('reasons', () => {
  it('begin with a tree that is right by its own rules and covers every class that a person can give', () => {
    expect(store.reasons()).toEqual(DEFAULT_REASONS);
    for (const reason of DEFAULT_REASONS) expect(() => Reason.parse(reason)).not.toThrow();
    expect(new Set(DEFAULT_REASONS.map(({ timeClass }) => timeClass))).toEqual(
      new Set(['planned', 'no-order', 'setup', 'failure', 'starved', 'blocked']),
    );
  });

  it('are added below others, changed, and read back as they are', () => {
    const label = reasonOf('label-roll', { parentReasonId: 'tooling', names: { en: 'Label roll', 'pt-BR': 'Bobina' } });
    store.putReason(label);
    expect(store.reasons().at(-1)).toEqual(label);
    const moved: Reason = {
      ...label,
      parentReasonId: 'setup',
      timeClass: 'setup',
      isPlanned: true,
      names: { en: 'Roll' },
    };
    store.putReason(moved);
    expect(store.reasons().at(-1)).toEqual(moved);
    expect(store.reasons()).toHaveLength(DEFAULT_REASONS.length + 1);
  });

  it('are refused below one that is not there, below themselves, below a retired one, or in a class that people cannot give', () => {
    const put = (reason: Reason) => () => store.putReason(reason);
    const failure = DEFAULT_REASONS.find(({ reasonId }) => reasonId === 'failure')!;
    expect(put(reasonOf('a', { parentReasonId: 'nowhere' }))).toThrow(coded('config/reason-parent'));
    expect(put({ ...failure, parentReasonId: 'mechanical' })).toThrow(coded('config/reason-cycle'));
    expect(put({ ...failure, parentReasonId: 'failure' })).toThrow(coded('config/reason-cycle'));
    store.retireReason('no-demand', 1);
    expect(put(reasonOf('a', { parentReasonId: 'no-demand' }))).toThrow(coded('config/reason-parent'));
    expect(put(reasonOf('a', { timeClass: 'run' as 'failure' }))).toThrow(coded('config/reason-invalid'));
    expect(put(reasonOf('a', { names: { de: 'Ohne Englisch' } }))).toThrow(coded('config/reason-invalid'));
  });

  it('retire only when nothing below them is offered any more', () => {
    expect(() => store.retireReason('blocked', 1)).toThrow(coded('config/reason-has-children'));
    store.retireReason('outfeed-full', 1);
    store.retireReason('downstream-stopped', 2);
    store.retireReason('blocked', 3);
    const times = Object.fromEntries(store.reasons().map(({ reasonId, retiredAtMs }) => [reasonId, retiredAtMs]));
    expect(times).toMatchObject({ 'outfeed-full': 1, 'downstream-stopped': 2, blocked: 3, failure: null });
    expect(() => store.retireReason('nowhere', 1)).toThrow(coded('config/no-reason'));
  });

  it('are taken as a whole list in any order, or not at all', () => {
    const tree = [reasonOf('leaf', { parentReasonId: 'root' }), reasonOf('root')];
    store.putReasons(tree);
    expect(store.reasons().slice(-2)).toEqual(tree);
    store.putReasons(tree.map((reason) => ({ ...reason, retiredAtMs: 9 })));
    expect(store.reasons().slice(-2)).toEqual(tree.map((reason) => ({ ...reason, retiredAtMs: 9 })));
    const known = store.reasons();
    const list = [reasonOf('a'), reasonOf('b', { parentReasonId: 'nowhere' })];
    expect(() => store.putReasons(list)).toThrow(coded('config/reason-parent'));
    expect(store.reasons()).toEqual(known);
  });
});
