// Histories of cheap changes, made up at random, in two forms: as they are, and with a step that keeps every value and has all rows
// written anew. Whatever is done to a database of the one, the other must show the same.
import fc from 'fast-check';
import { interpretEntity } from '../../runtime/codec/interpret-entity.js';
import { openStore } from '../../runtime/database/open.js';
import type { History } from '../../runtime/migrate/index.js';
import type { Step } from '../../runtime/migrate/steps.js';
import type { EntityModel, Field, NumberKind } from '../../runtime/schema/model.js';
import { fitsNumber, INTEGER_RANGES, type IntegerKind } from '../../runtime/schema/numbers.js';
import type { MemoryVfs } from '../../runtime/vfs/memory.js';
import { arrayOf, entity, field, index, nullable, optional } from '../emit/schemas.js';
import { TestDatabase } from '../support/database.js';
import type { runtimeOf } from '../support/entities.js';
import { type Change, historyOf, initial } from './histories.js';

export type Row = Record<string, unknown>;

/** Adds one of {@link ADDED}, makes a number wider, lets a field be null, turns the order round, or drops a field: `pick` says which. */
export interface CheapChange {
  readonly kind: 'add' | 'widen' | 'loosen' | 'reorder' | 'drop';
  readonly pick: number;
}

/** Types of fields that are added, and what rows get that are there. */
const ADDED: readonly (readonly [Partial<Field> & Pick<Field, 'type'>, unknown])[] = [
  [field('x', 'string', nullable), undefined],
  [field('x', 'int16'), 7],
  [field('x', 'string'), 'né'],
  [field('x', 'string', optional), '漢'],
  [field('x', arrayOf('string')), ['a', 'b']],
  [field('x', 'boolean'), true],
  [field('x', 'float32', { ...nullable, ...optional }), null],
  [field('x', 'bytes'), Uint8Array.of(1, 2)],
];
const WIDER: readonly NumberKind[] = ['int16', 'uint32', 'int32', 'float32', 'float64'];

const BASE = [
  field('id', 'int32'),
  field('name', 'string'),
  field('size', 'int8'),
  field('rank', 'uint8'),
  field('note', 'string', optional),
];

export const cheapChange: fc.Arbitrary<CheapChange> = fc.record({
  kind: fc.constantFrom<CheapChange['kind'][]>('add', 'add', 'widen', 'loosen', 'reorder', 'drop'),
  pick: fc.nat(40),
});

export interface CheapHistory {
  /** The entity at each version, from 1 on at [0]. */
  readonly models: readonly EntityModel[];
  readonly instant: History;
  readonly rewritten: History;
}

export function cheapHistory(changes: readonly CheapChange[]): CheapHistory {
  const models = [userOf(BASE)];
  const instant: Change[] = [initial([...models])];
  for (const [i, change] of changes.entries()) {
    const before = models.at(-1)!;
    const made = changed(before, change, `x${i}`);
    models.push(made.models[0]!);
    instant.push(made);
  }
  const rewritten = instant.map((change, i): Change => {
    if (i === 0) return change;
    const keeps = (steps: readonly Step[]): Step[] => [
      ...steps,
      { kind: 'changeField', entity: 'User', field: 'name', convert: (value) => value },
    ];
    return { ...change, up: (step) => keeps(change.up(step)), down: (step) => keeps(change.down(step)) };
  });
  return { models, instant: historyOf(instant), rewritten: historyOf(rewritten) };
}

/** With an index over each field that may be one's column. */
function userOf(fields: readonly Field[]): EntityModel {
  const indexed = fields.filter(({ name, type }) => name !== 'id' && type.kind !== 'bytes' && type.kind !== 'array');
  return entity('User', fields, { key: ['id'], indexes: indexed.slice(0, 4).map(({ name }) => index([name])) });
}

function changed(before: EntityModel, { kind, pick }: CheapChange, name: string): Change {
  const { fields } = before;
  const movable = fields.filter((one) => one.name !== 'id' && one.name !== 'name');
  const chosen = movable[pick % Math.max(1, movable.length)];
  const replaced = (field: Field): readonly Field[] => fields.map((one) => (one === chosen ? field : one));
  const cast = <T>(value: T): never => value as never;
  switch (chosen === undefined ? 'add' : kind) {
    case 'add': {
      const [like, value] = ADDED[pick % ADDED.length]!;
      const added = { ...like, name, storedName: name } as Field;
      const at = pick % (fields.length + 1);
      return {
        models: [userOf([...fields.slice(0, at), added, ...fields.slice(at)])],
        up: (step) => [step.addField('User', name, cast(value))],
        down: (step) => [step.dropField('User', name)],
      };
    }
    case 'widen': {
      const { type } = chosen!;
      const wider = isNumber(chosen!)
        ? WIDER.find((to) => to !== type.kind && fitsNumber(type.kind as NumberKind, to))
        : undefined;
      if (wider === undefined) return changed(before, { kind: 'add', pick }, name);
      return {
        models: [userOf(replaced({ ...chosen!, type: { kind: wider } }))],
        up: (step) => [step.changeField('User', chosen!.name)],
        down: (step) => [step.changeField('User', chosen!.name, cast(narrowing(type.kind as NumberKind)))],
      };
    }
    case 'loosen': {
      if (chosen!.nullable || chosen!.type.kind === 'bytes') return changed(before, { kind: 'reorder', pick }, name);
      const instead = plain(chosen!);
      return {
        models: [userOf(replaced({ ...chosen!, nullable: true }))],
        up: (step) => [step.changeField('User', chosen!.name)],
        down: (step) => [
          step.changeField(
            'User',
            chosen!.name,
            cast((value: unknown) => value ?? instead),
          ),
        ],
      };
    }
    case 'reorder':
      return {
        models: [userOf([...fields].reverse())],
        up: (step) => [step.changeEntity('User')],
        down: (step) => [step.changeEntity('User')],
      };
    default:
      return {
        models: [userOf(fields.filter((one) => one !== chosen))],
        answers: { drop: [`User.${chosen!.name}`] },
        up: (step) => [step.dropField('User', chosen!.name)],
        down: (step) => [step.addField('User', chosen!.name, cast(plain(chosen!)))],
      };
  }
}

function isNumber({ type }: Field): boolean {
  return type.kind === 'float32' || type.kind === 'float64' || type.kind in INTEGER_RANGES;
}

function narrowing(kind: NumberKind): (value: number | null | undefined) => number | null | undefined {
  if (kind === 'float64') return (value) => value;
  if (kind === 'float32') return (value) => (typeof value === 'number' ? Math.fround(value) : value);
  const [least, most] = INTEGER_RANGES[kind as IntegerKind];
  return (value) => (typeof value === 'number' ? Math.max(least, Math.min(most, Math.round(value) || 0)) : value);
}

/** What rows get where a field comes back and nothing was kept. */
function plain({ type, nullable: mayBeNull, optional: mayLack }: Field): unknown {
  if (mayBeNull) return null;
  if (mayLack) return undefined;
  if (type.kind === 'string') return '';
  if (type.kind === 'boolean') return false;
  if (type.kind === 'array') return [];
  return type.kind === 'bytes' ? new Uint8Array() : 0;
}

/** A row of any version; `seed` makes up the values. */
export function rowOf({ fields }: EntityModel, id: number, seed: number): Row {
  return Object.fromEntries(
    fields.map((one, i) => [one.name, one.name === 'id' ? id : sampleOf(one, (seed * 31 + i * 7) % 100)]),
  );
}

export function sampleOf({ type, nullable: mayBeNull, optional: mayLack }: Field, seed: number): unknown {
  if (mayBeNull && seed % 5 === 0) return null;
  if (mayLack && seed % 7 === 0) return undefined;
  switch (type.kind) {
    case 'string':
      return seed % 6 === 0 ? `漢${seed}` : `s${seed}`;
    case 'date':
      return new Date(seed * 1000);
    case 'boolean':
      return seed % 2 === 0;
    case 'array':
      return seed % 3 === 0 ? [] : [`e${seed}`];
    case 'bytes':
      return Uint8Array.of(seed, 3);
    default:
      return seed;
  }
}

/** Opens by interpretation, which costs no compiling. */
export function openPlain(model: EntityModel, vfs: MemoryVfs, path = 'db'): Promise<TestDatabase> {
  const runtimes = [interpretEntity(model) as unknown as ReturnType<typeof runtimeOf>];
  return openStore({ path, vfs, durability: 'os' }, runtimes, (session) => new TestDatabase(session, runtimes));
}
