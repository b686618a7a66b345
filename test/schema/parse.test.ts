// What a database keeps of its schema is checked when it is read back: a good one comes back frozen, a bad one is named.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SchemaError } from '../../runtime/errors.js';
import { parseSchema, type Schema } from '../../runtime/schema/index.js';

const golden = fileURLToPath(new URL('../analyze/golden/', import.meta.url));
const files = readdirSync(golden).filter((name) => name.endsWith('.json'));

function read(file: string): Schema {
  const { entities } = JSON.parse(readFileSync(golden + file, 'utf8')) as Schema;
  return { entities };
}

test.each(files)('%s, as analysis wrote it, parses to itself', (file) => {
  expect(parseSchema(read(file))).toEqual(read(file));
});

test('the result is frozen to the bottom', () => {
  const [entity] = parseSchema(read('user.json')).entities;
  expect(Object.isFrozen(entity)).toBe(true);
  expect(Object.isFrozen(entity?.fields[5]?.type)).toBe(true);
});

/** Damages one part of a good schema. */
type Damage = (value: { entities: Record<string, unknown>[] }) => void;

const user = (value: { entities: Record<string, unknown>[] }): Record<string, unknown> => value.entities[0] ?? {};
const field = (value: { entities: Record<string, unknown>[] }, i: number): Record<string, unknown> =>
  (user(value).fields as Record<string, unknown>[])[i] ?? {};

const DAMAGES: [name: string, damage: Damage, message: RegExp][] = [
  [
    'a kind of type that does not exist',
    (value) => (field(value, 1).type = { kind: 'text' }),
    /at entities\.0\.fields\.1/,
  ],
  ['a missing property', (value) => delete field(value, 2).nullable, /at entities\.0\.fields\.2\.nullable/],
  ['a property too many', (value) => (user(value).extra = 1), /at entities\.0/],
  [
    'a key over no field',
    (value) => (user(value).key = { ...(user(value).key as object), fields: ['x'] }),
    /no field "x"/,
  ],
  ['two fields of one stored name', (value) => (field(value, 1).storedName = 'id'), /stored field "id"/],
  ['two entities of one name', (value) => value.entities.push(user(value)), /two entities have the name "User"/],
];

test.each(DAMAGES)('%s is refused with QDB1001 and the place', (_name, damage, message) => {
  const value = JSON.parse(JSON.stringify(read('user.json')));
  damage(value);
  expect(() => parseSchema(value)).toThrow(SchemaError);
  expect(() => parseSchema(value)).toThrow(message);
  expect(() => parseSchema(value)).toThrow(/^QDB1001: /);
});

test.each([null, [], 'x', 1, {}])('%j is no schema', (value) => {
  expect(() => parseSchema(value)).toThrow(SchemaError);
});
