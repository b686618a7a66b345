// What is printed of a database and its parts is short, and not the engine.
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { openTest } from '../support/database.js';
import { field, model } from '../support/entities.js';

const NOTE = model('Note', [field('id', { kind: 'int32' }), field('text', { kind: 'string' })], []);

test('DAOs and queries show whose they are, in JSON and on the console', async () => {
  await using db = await openTest([NOTE]);
  const notes = db.dao('Note');
  const grouped = notes.all().groupBy((note) => note.text);
  for (const one of [notes, notes.all(), notes.sortBy((note) => note.id), grouped, grouped.limit(1)]) {
    expect(JSON.stringify({ one })).toBe('{"one":{"entity":"Note"}}');
    expect(inspect({ one })).toBe(`{ one: ${one.constructor.name} { entity: 'Note' } }`);
  }
  expect(inspect(notes)).toBe("TestDao { entity: 'Note' }");
});

test('a database, a transaction and a snapshot show their DAOs only', async () => {
  await using db = await openTest([NOTE]);
  using snapshot = db.snapshot();
  for (const one of [db, snapshot]) expect(inspect(one, { depth: 9 }).length).toBeLessThan(150);
  db.transactionSync((tx) => expect(inspect(tx, { depth: 9 }).length).toBeLessThan(150));
});
