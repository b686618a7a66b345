// The bytes that docs/format.md draws: a change that is not meant fails here.
import { expect, test } from 'vitest';
import { ByteWriter } from '../../runtime/bytes/writer.js';
import { compile, type Row } from '../emit/compile.js';
import { arrayOf, both, entity, field, optional } from '../emit/schemas.js';

function hex(fields: Parameters<typeof entity>[1], row: Row): string {
  const { runtime } = compile(entity('Thing', [field('id', 'int32'), ...fields]));
  const out = new ByteWriter();
  runtime.row.encode(runtime.create({ id: 1, ...row }, 0), out);
  return out.bytes.toString('hex', 0, out.at).toUpperCase();
}

const strip = (drawn: string): string => drawn.replace(/\s/g, '');

test('the user of the page', () => {
  const fields = [
    field('email', 'string'),
    field('lastLogin', 'date'),
    field('isActive', 'boolean'),
    field('tags', arrayOf('string')),
    field('notes', 'string', optional),
  ];
  expect(hex(fields, { email: 'ann@x.io', lastLogin: new Date(5), isActive: true, tags: ['a', 'bc'] })).toBe(
    strip('01 0C 0000000000001440 0300 0800 0800 020102 616E6E40782E696F 616263'),
  );
});

test('numbers little-endian, missing ones zero, null and undefined apart', () => {
  const fields = [field('a', 'int16'), field('b', 'uint32', both), field('c', 'uint8', both)];
  expect(hex(fields, { a: -2, b: null, c: undefined })).toBe(strip('01 34 FEFF 00000000 00'));
});

test('text of each encoding, tagged', () => {
  const fields = [field('a', 'string'), field('b', 'string'), field('c', 'string')];
  expect(hex(fields, { a: 'é', b: 'abcdefgh…', c: '\ud800' })).toBe(
    strip('01 02 0200 0E00 00E9 01 6162636465666768E280A6 02 00D8'),
  );
});

test('bigints in 4, 8 and 16 bytes', () => {
  const fields = [field('a', 'bigint'), field('b', 'bigint'), field('c', 'bigint')];
  expect(hex(fields, { a: -1n, b: 2n ** 31n, c: 2n ** 63n })).toBe(
    strip('01 00 0400 0C00 FFFFFFFF 0000008000000000 00000000000000800000000000000000'),
  );
});

test('elements that may be missing, and embedded ones', () => {
  const line = { kind: 'embedded', className: 'Line', fields: [field('on', 'boolean'), field('n', 'uint8')] } as const;
  const fields = [field('list', arrayOf('uint8', both)), field('lines', arrayOf(line))];
  expect(hex(fields, { list: [7, null, undefined], lines: [{ on: true, n: 9 }] })).toBe(
    strip('01 00 0500 03 0007 01 02 01 0109'),
  );
});

test('wide tables behind a heap of more than 65,535 bytes', () => {
  const fields = [field('a', 'string'), field('b', 'string')];
  const bytes = hex(fields, { a: 'x'.repeat(65_535), b: 'y' });
  expect(bytes.slice(0, 14)).toBe(strip('01 01 FFFF0000 78'));
});
