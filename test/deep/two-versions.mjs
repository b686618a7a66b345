// A history that the child of migration-kill.test.ts runs and the test checks by: a rewrite with an index of its own, and a drop.

const field = (name, kind) => ({
  name,
  storedName: name,
  type: { kind },
  nullable: false,
  optional: false,
  default: null,
  encrypted: null,
  visibleTo: null,
});
const index = (name) => ({ name, fields: [name], unique: false, caseInsensitive: false, multiEntry: false });
const entity = (fields, indexes) => ({
  name: 'User',
  storedName: 'User',
  accessor: 'user',
  key: { fields: ['id'], autoIncrement: false, generate: null },
  fields,
  indexes,
});
const base = [field('id', 'int32'), field('email', 'string')];

export const before = entity([...base, field('nick', 'string')], [index('email')]);
export const after = entity([...base, field('size', 'int32')], [index('email'), index('size')]);

const empty = { entities: [], nextEntityId: 1 };
const one = {
  entities: [{ id: 1, model: before, fieldIds: { id: 1, email: 2, nick: 3 }, nextFieldId: 4 }],
  nextEntityId: 2,
};
const two = {
  entities: [{ id: 1, model: after, fieldIds: { id: 1, email: 2, size: 4 }, nextFieldId: 5 }],
  nextEntityId: 2,
};

const up = [
  { kind: 'dropField', entity: 'User', field: 'nick' },
  { kind: 'addField', entity: 'User', field: 'size', value: ({ email }) => email.length },
  { kind: 'addIndex', entity: 'User', index: 'size' },
];
const down = [
  { kind: 'dropIndex', entity: 'User', index: 'size' },
  { kind: 'dropField', entity: 'User', field: 'size' },
  { kind: 'addField', entity: 'User', field: 'nick', value: '' },
];

const ids = ['1'.repeat(64), '2'.repeat(64)];
export const migrations = [
  { number: 1, name: 'init', id: ids[0], parent: null, migration: { before: empty, after: one, up: [], down: [] } },
  { number: 2, name: 'size', id: ids[1], parent: ids[0], migration: { before: one, after: two, up, down } },
];

/** A row of the first version. */
export const rowOf = (id) => ({ id, email: `${'x'.repeat(id % 40)}${id}@y`, nick: `n${id % 100}` });
