// Emits the record codec of an entity: functions that encode and decode, straight code over the layout of
// runtime/codec/layout.ts.
import {
  FIRST_LAYOUT,
  type FieldPlace,
  layoutRecord,
  MIXED,
  NARROW_HEAP,
  type Place,
  type RecordLayout,
  WIDE,
} from '../../runtime/codec/layout.js';
import type { FieldType } from '../../runtime/schema/model.js';
import { type EntityEmitter, Locals } from './entity.js';
import { declareBits, eachLeaf, mayBeMissing, printByPresence, printFixed, storeBits, variable } from './leaves.js';
import { member } from './names.js';
import { Printer, ternary } from './printer.js';
import { loadBits, readField } from './reads.js';
import { newRow } from './rows.js';
import { buffers, holdsStrings, readWhole, writeWhole } from './values.js';

/** Prints the encoder; answers its name. */
export function emitEncode(emitter: EntityEmitter, out: Printer): string {
  const { names, scope } = emitter;
  const layout = layoutRecord(emitter.entity);
  if (layout.textSlots > 0) emitter.useText();
  const body = printEncodeBody(emitter, layout);
  const encode = scope.declare(`encode${names.row}`);
  // An entity that is all key has an empty record.
  const row = layout.fields.length > 0 ? 'row' : '_row';
  const signature = `${row}: ${names.row}, out: ${emitter.type('ByteWriter')}`;
  const numbered = `layout = ${FIRST_LAYOUT}`;
  if (layout.textSlots === 0) {
    out.block(`function ${encode}(${signature}, ${numbered}): void {`, () => out.text(body));
    return encode;
  }
  const write = scope.declare(`write${names.row}`);
  out.block(`function ${encode}(${signature}, ${numbered}): void {`, () => {
    out.line('const start = out.at;');
    out.line(`if (${write}(row, out, layout)) return;`);
    out.line('out.at = start;');
    out.line(`${write}(row, out, layout);`);
  });
  out.line();
  out.line('/** Appends the record; false when its text was taken for latin1 and is not, or the other way round. */');
  out.block(`function ${write}(${signature}, layout: number): boolean {`, () => out.text(body));
  return encode;
}

function printEncodeBody(emitter: EntityEmitter, layout: RecordLayout): string {
  const { fixedSize, tableEntries, textSlots } = layout;
  const heap = fixedSize + 2 * tableEntries;
  const ends = tableEnds(layout);
  const out = new Printer();
  const locals = new Locals();
  // What makes the buffer grow comes after all that is written through `bytes` and `view`.
  const strings: (() => void)[] = [];
  const data: (() => void)[] = [];
  const end = (name: string, value: string): void => {
    if (ends.includes(name)) out.line(`const ${name} = ${value};`);
  };
  declareBits(layout, textSlots > 0 ? `text.mixed ? ${MIXED} : 0` : '0', out);
  out.line('bytes[start] = layout;');
  eachLeaf(layout.fields, { access: 'row', maybe: false }, locals, out, (leaf) => {
    const { place, field } = leaf.place;
    if (place.kind === 'data') {
      data.push(() => {
        const value = mayBeMissing(leaf) ? variable(leaf, locals, out) : leaf.access;
        const whole = writeWhole(emitter, field.type, value);
        printByPresence(leaf, value, whole, out);
        end(`data${place.slot}`, `out.at - start - ${heap}`);
        if (place.textSlot !== null) end(`text${place.textSlot}`, 'text.size');
      });
    } else if (place.kind === 'text') {
      strings.push(() => {
        const value = mayBeMissing(leaf) ? variable(leaf, locals, out) : leaf.access;
        printByPresence(leaf, value, `text.add(${value});`, out);
        end(`text${place.slot}`, 'text.size');
      });
    } else {
      printFixed(emitter, leaf, locals, out);
    }
  });
  if (textSlots > 0) out.line(`text.begin(${layout.dataSlots > 0 ? 'null' : 'out'});`);
  for (const print of [...strings, ...data]) print();
  if (textSlots > 0) out.line('if (!text.flush(out)) return false;');
  if (ends.length > 0) printTable(emitter, layout, ends, out);
  storeBits(layout, out);
  if (textSlots > 0) out.line('return true;');

  const head = new Printer();
  head.line('const start = out.at;');
  head.line(`out.ensure(${heap});`);
  head.line(`out.at = start + ${heap};`);
  head.text(buffers(out.toString(), 'out'));
  return head.toString() + out.toString();
}

function printTable(emitter: EntityEmitter, layout: RecordLayout, ends: readonly string[], out: Printer): void {
  const { fixedSize } = layout;
  const heap = fixedSize + 2 * ends.length;
  const wide = emitter.use('writeWideTable');
  out.block(
    `if (out.at - start <= ${heap + NARROW_HEAP}) {`,
    () => {
      ends.forEach((end, i) => void out.line(`out.view.setUint16(start + ${fixedSize + 2 * i}, ${end}, true);`));
    },
    '} else {',
  );
  out.block('', () => {
    out.list(`${wide}(out, start + ${fixedSize}, [`, ends, ']);');
    out.line(`bits1 |= ${WIDE};`);
  });
}

/** Prints the decoder; answers its name. */
export function emitDecode(emitter: EntityEmitter, out: Printer): string {
  const { names, scope, entity } = emitter;
  const layout = layoutRecord(entity);
  const decode = scope.declare(`decode${names.row}`);
  const { fixedSize, tableEntries, textSlots } = layout;
  const heap = fixedSize + 2 * tableEntries;
  const damaged = `throw ${emitter.use('damaged')}(${emitter.label});`;
  const body = new Printer();
  body.line(`if (end - start < ${heap} || bytes[start] !== layout) ${damaged}`);
  for (const line of loadBits(layout, tableEntries + textSlots > 0)) body.line(line);
  printEnds(layout, damaged, body);
  const data = [...dataFields(layout.fields)];
  const cutsText = textSlots > 1 || data.some(({ place }) => place.textSlot !== null);
  if (textSlots > 0) body.line(`const mixed = (bits1 & ${MIXED}) !== 0;`);
  if (cutsText) body.line(`const text = mixed ? '' : ${emitter.use('latin1')}(bytes, textStart, end);`);
  if (data.some(({ field: { type } }) => type.kind === 'array' && !holdsStrings(type))) {
    emitter.useHeap();
    const text = cutsText ? 'mixed, text, textStart' : "false, '', 0";
    body.line(`heap.open(src, ${emitter.label}, ${text});`);
  }
  const places = new Map(layout.fields.map((place) => [place.field.name, place]));
  const values = entity.fields.map(({ name }) => {
    const place = places.get(name);
    if (place === undefined) return entity.key.fields.length === 1 ? 'key' : member('key', name);
    return readField(emitter, place, (type, inner) => readSlot(emitter, layout, type, inner));
  });
  body.list(`return new ${newRow(emitter, names.row, entity.fields)}(`, values, ');');
  const signature = `src: ${emitter.type('ByteSpan')}, key: ${names.key}, layout = ${FIRST_LAYOUT}`;
  out.block(`function ${decode}(${signature}): ${names.row} {`, () => {
    out.text(buffers(body.toString(), 'src', 'start', 'end'));
    out.text(body.toString());
  });
  return decode;
}

/** The entries of the offset table by the names of the variables that hold them. */
function tableEnds({ dataSlots, textSlots, tableEntries }: RecordLayout): string[] {
  const all = [
    ...Array.from({ length: dataSlots }, (_, slot) => `data${slot}`),
    ...Array.from({ length: textSlots }, (_, slot) => `text${slot}`),
  ];
  return all.slice(0, tableEntries);
}

/** Prints where the heap, its slots and the text begin and end, checked to stand in order within the record. */
function printEnds(layout: RecordLayout, damaged: string, out: Printer): void {
  const { fixedSize, tableEntries, dataSlots, textSlots } = layout;
  if (dataSlots + textSlots === 0) return;
  const ends = tableEnds(layout);
  const heap = fixedSize + 2 * tableEntries;
  out.line(`${ends.length > 0 ? 'let' : 'const'} heapStart = start + ${heap};`);
  if (ends.length > 0) {
    for (const end of ends) out.line(`let ${end}: number;`);
    out.block(
      `if ((bits1 & ${WIDE}) === 0) {`,
      () => ends.forEach((end, i) => void out.line(`${end} = view.getUint16(start + ${fixedSize + 2 * i}, true);`)),
      '} else {',
    );
    out.block('', () => {
      out.line(`heapStart += ${2 * ends.length};`);
      out.line(`if (heapStart > end) ${damaged}`);
      ends.forEach((end, i) => void out.line(`${end} = view.getUint32(start + ${fixedSize + 4 * i}, true);`));
    });
  }
  const order: string[] = [];
  for (let slot = 1; slot < dataSlots; slot++) order.push(`data${slot} < data${slot - 1}`);
  if (textSlots === 0) {
    out.line(`const data${dataSlots - 1} = end - heapStart;`);
  } else {
    out.line(`const textStart = heapStart${dataSlots > 0 ? ` + data${dataSlots - 1}` : ''};`);
    // A string that is alone in the heap ends with the record.
    if (dataSlots + textSlots > 1) out.line(`const text${textSlots - 1} = end - textStart;`);
    if (textSlots === 1 && dataSlots > 0) order.push('text0 < 0');
    for (let slot = 1; slot < textSlots; slot++) order.push(`text${slot} < text${slot - 1}`);
  }
  if (order.length > 0) out.when(order, '||', damaged);
}

function readSlot(
  emitter: EntityEmitter,
  layout: RecordLayout,
  type: FieldType,
  place: Place & { kind: 'text' | 'data' },
): string {
  const from = (name: string, slot: number): string => (slot === 0 ? '0' : `${name}${slot - 1}`);
  const offset = (base: string, at: string): string => (at === '0' ? base : `${base} + ${at}`);
  if (place.kind === 'data') {
    const { slot, textSlot } = place;
    const start = offset('heapStart', from('data', slot));
    const textFrom = textSlot === null ? '0' : from('text', textSlot);
    const textTo = textSlot === null ? '0' : `text${textSlot}`;
    return readWhole(emitter, type, start, `heapStart + data${slot}`, textFrom, textTo);
  }
  const { slot } = place;
  const tagged = emitter.use('taggedText');
  const last = slot === layout.textSlots - 1;
  const start = offset('textStart', from('text', slot));
  const end = last ? 'end' : `textStart + text${slot}`;
  const whole = layout.textSlots === 1;
  const cut = whole
    ? `${emitter.use('latin1')}(bytes, ${start}, ${end})`
    : `text.substring(${from('text', slot)}, text${slot})`;
  return ternary('mixed', `${tagged}(bytes, ${start}, ${end})`, cut);
}

/** Fields in data slots, those of embedded objects included. */
function* dataFields(fields: readonly FieldPlace[]): Generator<FieldPlace & { place: Place & { kind: 'data' } }> {
  for (const found of fields) {
    const { place } = found;
    if (place.kind === 'data') yield { ...found, place };
    else if (place.kind === 'embedded') yield* dataFields(place.fields);
  }
}
