// Names that analysis derives: each entity gets a property on the database that hides nothing of it.
import { expect, test } from 'vitest';
import { BaseEmbeddedDatabase } from '../../runtime/database/database.js';
import { BaseEmbeddedSnapshot } from '../../runtime/database/snapshot.js';
import { BaseEmbeddedTransaction } from '../../runtime/database/transaction.js';
import { accessorOf, indexName, isIdentifier, RESERVED_ACCESSORS } from '../../transformer/analyze/names.js';

test.each([
  ['User', 'user'],
  ['OrderLine', 'orderLine'],
  ['URLEntry', 'urlEntry'],
  ['HTTPServer2', 'httpServer2'],
  ['ID', 'id'],
  ['A', 'a'],
  ['AList', 'aList'],
  ['lower', 'lower'],
  ['_Hidden', '_Hidden'],
  ['$Cash', '$Cash'],
  ['Österreich', 'österreich'],
])('%s is db.%s', (className, accessor) => {
  expect(accessorOf(className)).toBe(accessor);
  expect(isIdentifier(accessor)).toBe(true);
});

test('no accessor hides a member of the database, of its transactions or of every object', () => {
  const members = [BaseEmbeddedDatabase, BaseEmbeddedSnapshot, BaseEmbeddedTransaction, Object].flatMap((type) =>
    Object.getOwnPropertyNames(type.prototype),
  );
  expect(members.filter((name) => !RESERVED_ACCESSORS.has(name))).toEqual([]);
});

test.each(['', 'order-line', '1st', 'a b', 'a.b', 'a\u2028'])('%j is no accessor', (name) => {
  expect(isIdentifier(name)).toBe(false);
});

test('an index is called after its columns', () => {
  expect(indexName(['email'], false)).toBe('email');
  expect(indexName(['last', 'first'], true)).toBe('last_first_ci');
});
