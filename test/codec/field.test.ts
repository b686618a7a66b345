// Fields read out of encoded rows are those of the decoded row.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteSpan, ByteWriter } from '../../runtime/bytes/writer.js';
import { fieldReader } from '../../runtime/codec/field.js';
import { layoutRecord } from '../../runtime/codec/layout.js';
import { CodecError } from '../../runtime/errors.js';
import { compile, type Row } from '../emit/compile.js';
import { goldenEntities } from '../emit/golden-entities.js';
import { inputs, same } from './values.js';

function spanOver(out: ByteWriter): ByteSpan {
  const span = new ByteSpan();
  Object.assign(span, { bytes: out.bytes, view: out.view, start: 3, end: out.at });
  return span;
}

for (const [name, entity] of Object.entries(goldenEntities)) {
  test(`of ${name}`, () => {
    const { runtime } = compile(entity);
    const layout = layoutRecord(entity);
    const inner = entity.fields.flatMap(({ name: owner, type }) =>
      type.kind === 'embedded' ? type.fields.map((field) => [owner, field.name]) : [],
    );
    const paths = [...entity.fields.map((field) => [field.name]), ...inner];
    const readers = paths.flatMap((path) => {
      const read = fieldReader(layout, path, entity.name);
      return read === null ? [] : [{ path, read }];
    });
    expect(readers.length).toBeGreaterThan(4);
    const out = new ByteWriter();
    fc.assert(
      fc.property(inputs(entity.fields), fc.boolean(), (input, wide) => {
        const row = runtime.create(wide && name === 'user' ? { ...input, email: 'e'.repeat(70_000) } : input, 0);
        out.at = 3;
        runtime.row.encode(row, out);
        const span = spanOver(out);
        for (const { path, read } of readers) {
          const value = path.reduce<unknown>((owner, step) => (owner as Row | null | undefined)?.[step], row);
          const found = read(span);
          // A missing owner answers for its fields, with its own null or undefined.
          if (!same(value, found)) expect(found ?? undefined).toStrictEqual(value);
        }
        span.end = span.start + layout.fixedSize - 1;
        expect(() => readers[0]!.read(span)).toThrow(CodecError);
      }),
      { numRuns: 300 },
    );
  });
}

test('none for keys, arrays and whole objects', () => {
  const entity = goldenEntities.order!;
  const layout = layoutRecord(entity);
  for (const path of [['region'], ['lines'], ['billing'], ['nothing'], ['billing', 'nothing'], ['customer', 'x'], []]) {
    expect(fieldReader(layout, path, 'Order')).toBeNull();
  }
});
