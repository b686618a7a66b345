import {
  type ByteSpan,
  type ByteWriter as ByteWriter2,
  type EntityRuntime,
  type IndexCodec,
  type KeyCodec,
  type Problem,
  TAG_UNDEFINED,
  TAG_VALUE,
  TextWriter,
  damaged,
  elementPath,
  enumValue,
  isStorable,
  latin1,
  noChoice,
  notStorable,
  own,
  readKeyString,
  readStrings,
  readValue,
  taggedText,
  writeKeyString,
  writeKeyTag,
  writeLength,
  writeValue,
  writeWideTable,
  wrongType,
} from '../../../runtime/codec/index.js';
import { Date as Date2, ByteWriter } from './models.js';

export type Date2Key = string;

/** What stands for a ByteWriter in an input: the class itself or a plain object. */
interface ByteWriterInput {
  readonly 'constructor': string;
  readonly '__proto__': string;
  readonly 'a-b': string;
  readonly "it's": string;
  readonly 'say "hi"': string;
  readonly 'back\\slash`$': string;
  readonly 'line\nbreak': string;
  readonly 'u\u2028\u2029': string;
  readonly '*/': string;
  readonly '\ud800': string;
  readonly '': string;
  readonly '1st': string;
  readonly class: string;
  readonly await: string;
  readonly toString: string;
  readonly row: string;
  readonly out: string;
  readonly text: string;
  readonly heap: string;
  readonly bytes: string;
  readonly view: string;
  readonly key: string;
  readonly start: string;
  readonly value: string;
  readonly text0: string;
  readonly bits1: string;
  readonly readStringArray: string;
  readonly CHOICES: string;
  readonly User: string;
  readonly Date: string;
  readonly writeVarint: string;
  readonly hasOwnProperty: string;
}

/** What put() and insert() accept: generated keys and fields with a default may be left out. */
export interface Date2Input {
  readonly id: string;
  readonly 'constructor'?: readonly string[] | undefined;
  readonly '__proto__': string;
  readonly 'a-b'?: string | undefined;
  readonly "it's": readonly string[];
  readonly 'say "hi"'?: string | undefined;
  readonly 'back\\slash`$': string;
  readonly 'line\nbreak'?: readonly string[] | undefined;
  readonly 'u\u2028\u2029': string;
  readonly '*/'?: string | undefined;
  readonly '\ud800': readonly string[];
  readonly ''?: string | undefined;
  readonly '1st': string;
  readonly class?: readonly string[] | undefined;
  readonly await: string;
  readonly toString?: string | undefined;
  readonly row: readonly string[];
  readonly out?: string | undefined;
  readonly text: string;
  readonly heap?: readonly string[] | undefined;
  readonly bytes: string;
  readonly view?: string | undefined;
  readonly key: readonly string[];
  readonly start?: string | undefined;
  readonly value: string;
  readonly text0?: readonly string[] | undefined;
  readonly bits1: string;
  readonly readStringArray?: string | undefined;
  readonly CHOICES: readonly string[];
  readonly User?: string | undefined;
  readonly Date: string;
  readonly writeVarint?: readonly string[] | undefined;
  readonly hasOwnProperty: string;
  readonly new: ByteWriterInput;
  readonly enum: "it's" | 'say "hi"' | 'u\u2028' | '*/' | '__proto__' | '\ud800';
  readonly literal?: unknown;
}

const text = new TextWriter();

function choicePosition(value: unknown): number {
  switch (value) {
    case "it's":
      return 0;
    case 'say "hi"':
      return 1;
    case 'u\u2028':
      return 2;
    case '*/':
      return 3;
    case '__proto__':
      return 4;
    case '\ud800':
      return 5;
    default:
      return -1;
  }
}

function writeStringArray(values: readonly string[], out: ByteWriter2): void {
  const count = values.length;
  writeLength(out, count);
  for (let i = 0; i < count; i++) {
    writeLength(out, text.add(values[i]!));
  }
}

function encodeDate2(row: Date2, out: ByteWriter2, layout = 1): void {
  const start = out.at;
  if (writeDate2(row, out, layout)) return;
  out.at = start;
  writeDate2(row, out, layout);
}

/** Appends the record; false when its text was taken for latin1 and is not, or the other way round. */
function writeDate2(row: Date2, out: ByteWriter2, layout: number): boolean {
  const start = out.at;
  out.ensure(155);
  out.at = start + 155;
  const { bytes } = out;
  let bits1 = text.mixed ? 2 : 0;
  let bits2 = 0;
  let bits3 = 0;
  bytes[start] = layout;
  const new2 = row.new;
  bytes[start + 4] = choicePosition(row.enum);
  text.begin(null);
  text.add(row['__proto__']);
  const text0 = text.size;
  const aB = row['a-b'];
  if (aB === undefined) bits1 |= 8;
  else text.add(aB);
  const text1 = text.size;
  const sayHi = row['say "hi"'];
  if (sayHi === undefined) bits1 |= 16;
  else text.add(sayHi);
  const text2 = text.size;
  text.add(row['back\\slash`$']);
  const text3 = text.size;
  text.add(row['u\u2028\u2029']);
  const text4 = text.size;
  const _ = row['*/'];
  if (_ === undefined) bits1 |= 64;
  else text.add(_);
  const text5 = text.size;
  const _2 = row[''];
  if (_2 === undefined) bits1 |= 128;
  else text.add(_2);
  const text6 = text.size;
  text.add(row['1st']);
  const text7 = text.size;
  text.add(row.await);
  const text8 = text.size;
  const toString = row.toString;
  if (toString === undefined) bits2 |= 2;
  else text.add(toString);
  const text9 = text.size;
  const out2 = row.out;
  if (out2 === undefined) bits2 |= 4;
  else text.add(out2);
  const text10 = text.size;
  text.add(row.text);
  const text11 = text.size;
  text.add(row.bytes);
  const text12 = text.size;
  const view2 = row.view;
  if (view2 === undefined) bits2 |= 16;
  else text.add(view2);
  const text13 = text.size;
  const start2 = row.start;
  if (start2 === undefined) bits2 |= 32;
  else text.add(start2);
  const text14 = text.size;
  text.add(row.value);
  const text15 = text.size;
  text.add(row.bits1);
  const text16 = text.size;
  const readStringArray_ = row.readStringArray;
  if (readStringArray_ === undefined) bits2 |= 128;
  else text.add(readStringArray_);
  const text17 = text.size;
  const user = row.User;
  if (user === undefined) bits3 |= 1;
  else text.add(user);
  const text18 = text.size;
  text.add(row.Date);
  const text19 = text.size;
  text.add(row.hasOwnProperty);
  const text20 = text.size;
  text.add(new2['constructor']);
  const text21 = text.size;
  text.add(new2['__proto__']);
  const text22 = text.size;
  text.add(new2['a-b']);
  const text23 = text.size;
  text.add(new2["it's"]);
  const text24 = text.size;
  text.add(new2['say "hi"']);
  const text25 = text.size;
  text.add(new2['back\\slash`$']);
  const text26 = text.size;
  text.add(new2['line\nbreak']);
  const text27 = text.size;
  text.add(new2['u\u2028\u2029']);
  const text28 = text.size;
  text.add(new2['*/']);
  const text29 = text.size;
  text.add(new2['\ud800']);
  const text30 = text.size;
  text.add(new2['']);
  const text31 = text.size;
  text.add(new2['1st']);
  const text32 = text.size;
  text.add(new2.class);
  const text33 = text.size;
  text.add(new2.await);
  const text34 = text.size;
  text.add(new2.toString);
  const text35 = text.size;
  text.add(new2.row);
  const text36 = text.size;
  text.add(new2.out);
  const text37 = text.size;
  text.add(new2.text);
  const text38 = text.size;
  text.add(new2.heap);
  const text39 = text.size;
  text.add(new2.bytes);
  const text40 = text.size;
  text.add(new2.view);
  const text41 = text.size;
  text.add(new2.key);
  const text42 = text.size;
  text.add(new2.start);
  const text43 = text.size;
  text.add(new2.value);
  const text44 = text.size;
  text.add(new2.text0);
  const text45 = text.size;
  text.add(new2.bits1);
  const text46 = text.size;
  text.add(new2.readStringArray);
  const text47 = text.size;
  text.add(new2.CHOICES);
  const text48 = text.size;
  text.add(new2.User);
  const text49 = text.size;
  text.add(new2.Date);
  const text50 = text.size;
  text.add(new2.writeVarint);
  const text51 = text.size;
  text.add(new2.hasOwnProperty);
  const text52 = text.size;
  const constructor2 = row['constructor'];
  if (constructor2 === undefined) bits1 |= 4;
  else writeStringArray(constructor2, out);
  const data0 = out.at - start - 155;
  const text53 = text.size;
  writeStringArray(row["it's"], out);
  const data1 = out.at - start - 155;
  const text54 = text.size;
  const lineBreak = row['line\nbreak'];
  if (lineBreak === undefined) bits1 |= 32;
  else writeStringArray(lineBreak, out);
  const data2 = out.at - start - 155;
  const text55 = text.size;
  writeStringArray(row['\ud800'], out);
  const data3 = out.at - start - 155;
  const text56 = text.size;
  const class2 = row.class;
  if (class2 === undefined) bits2 |= 1;
  else writeStringArray(class2, out);
  const data4 = out.at - start - 155;
  const text57 = text.size;
  writeStringArray(row.row, out);
  const data5 = out.at - start - 155;
  const text58 = text.size;
  const heap2 = row.heap;
  if (heap2 === undefined) bits2 |= 8;
  else writeStringArray(heap2, out);
  const data6 = out.at - start - 155;
  const text59 = text.size;
  writeStringArray(row.key, out);
  const data7 = out.at - start - 155;
  const text60 = text.size;
  const text0_ = row.text0;
  if (text0_ === undefined) bits2 |= 64;
  else writeStringArray(text0_, out);
  const data8 = out.at - start - 155;
  const text61 = text.size;
  writeStringArray(row.CHOICES, out);
  const data9 = out.at - start - 155;
  const text62 = text.size;
  const writeVarint_ = row.writeVarint;
  if (writeVarint_ === undefined) bits3 |= 2;
  else writeStringArray(writeVarint_, out);
  const data10 = out.at - start - 155;
  writeValue(out, row.literal);
  const data11 = out.at - start - 155;
  if (!text.flush(out)) return false;
  if (out.at - start <= 65690) {
    out.view.setUint16(start + 5, data0, true);
    out.view.setUint16(start + 7, data1, true);
    out.view.setUint16(start + 9, data2, true);
    out.view.setUint16(start + 11, data3, true);
    out.view.setUint16(start + 13, data4, true);
    out.view.setUint16(start + 15, data5, true);
    out.view.setUint16(start + 17, data6, true);
    out.view.setUint16(start + 19, data7, true);
    out.view.setUint16(start + 21, data8, true);
    out.view.setUint16(start + 23, data9, true);
    out.view.setUint16(start + 25, data10, true);
    out.view.setUint16(start + 27, data11, true);
    out.view.setUint16(start + 29, text0, true);
    out.view.setUint16(start + 31, text1, true);
    out.view.setUint16(start + 33, text2, true);
    out.view.setUint16(start + 35, text3, true);
    out.view.setUint16(start + 37, text4, true);
    out.view.setUint16(start + 39, text5, true);
    out.view.setUint16(start + 41, text6, true);
    out.view.setUint16(start + 43, text7, true);
    out.view.setUint16(start + 45, text8, true);
    out.view.setUint16(start + 47, text9, true);
    out.view.setUint16(start + 49, text10, true);
    out.view.setUint16(start + 51, text11, true);
    out.view.setUint16(start + 53, text12, true);
    out.view.setUint16(start + 55, text13, true);
    out.view.setUint16(start + 57, text14, true);
    out.view.setUint16(start + 59, text15, true);
    out.view.setUint16(start + 61, text16, true);
    out.view.setUint16(start + 63, text17, true);
    out.view.setUint16(start + 65, text18, true);
    out.view.setUint16(start + 67, text19, true);
    out.view.setUint16(start + 69, text20, true);
    out.view.setUint16(start + 71, text21, true);
    out.view.setUint16(start + 73, text22, true);
    out.view.setUint16(start + 75, text23, true);
    out.view.setUint16(start + 77, text24, true);
    out.view.setUint16(start + 79, text25, true);
    out.view.setUint16(start + 81, text26, true);
    out.view.setUint16(start + 83, text27, true);
    out.view.setUint16(start + 85, text28, true);
    out.view.setUint16(start + 87, text29, true);
    out.view.setUint16(start + 89, text30, true);
    out.view.setUint16(start + 91, text31, true);
    out.view.setUint16(start + 93, text32, true);
    out.view.setUint16(start + 95, text33, true);
    out.view.setUint16(start + 97, text34, true);
    out.view.setUint16(start + 99, text35, true);
    out.view.setUint16(start + 101, text36, true);
    out.view.setUint16(start + 103, text37, true);
    out.view.setUint16(start + 105, text38, true);
    out.view.setUint16(start + 107, text39, true);
    out.view.setUint16(start + 109, text40, true);
    out.view.setUint16(start + 111, text41, true);
    out.view.setUint16(start + 113, text42, true);
    out.view.setUint16(start + 115, text43, true);
    out.view.setUint16(start + 117, text44, true);
    out.view.setUint16(start + 119, text45, true);
    out.view.setUint16(start + 121, text46, true);
    out.view.setUint16(start + 123, text47, true);
    out.view.setUint16(start + 125, text48, true);
    out.view.setUint16(start + 127, text49, true);
    out.view.setUint16(start + 129, text50, true);
    out.view.setUint16(start + 131, text51, true);
    out.view.setUint16(start + 133, text52, true);
    out.view.setUint16(start + 135, text53, true);
    out.view.setUint16(start + 137, text54, true);
    out.view.setUint16(start + 139, text55, true);
    out.view.setUint16(start + 141, text56, true);
    out.view.setUint16(start + 143, text57, true);
    out.view.setUint16(start + 145, text58, true);
    out.view.setUint16(start + 147, text59, true);
    out.view.setUint16(start + 149, text60, true);
    out.view.setUint16(start + 151, text61, true);
    out.view.setUint16(start + 153, text62, true);
  } else {
    writeWideTable(out, start + 5, [
      data0,
      data1,
      data2,
      data3,
      data4,
      data5,
      data6,
      data7,
      data8,
      data9,
      data10,
      data11,
      text0,
      text1,
      text2,
      text3,
      text4,
      text5,
      text6,
      text7,
      text8,
      text9,
      text10,
      text11,
      text12,
      text13,
      text14,
      text15,
      text16,
      text17,
      text18,
      text19,
      text20,
      text21,
      text22,
      text23,
      text24,
      text25,
      text26,
      text27,
      text28,
      text29,
      text30,
      text31,
      text32,
      text33,
      text34,
      text35,
      text36,
      text37,
      text38,
      text39,
      text40,
      text41,
      text42,
      text43,
      text44,
      text45,
      text46,
      text47,
      text48,
      text49,
      text50,
      text51,
      text52,
      text53,
      text54,
      text55,
      text56,
      text57,
      text58,
      text59,
      text60,
      text61,
      text62,
    ]);
    bits1 |= 1;
  }
  out.bytes[start + 1] = bits1;
  out.bytes[start + 2] = bits2;
  out.bytes[start + 3] = bits3;
  return true;
}

interface ByteWriterFields {
  'constructor': string;
  '__proto__': string;
  'a-b': string;
  "it's": string;
  'say "hi"': string;
  'back\\slash`$': string;
  'line\nbreak': string;
  'u\u2028\u2029': string;
  '*/': string;
  '\ud800': string;
  '': string;
  '1st': string;
  class: string;
  await: string;
  toString: string;
  row: string;
  out: string;
  text: string;
  heap: string;
  bytes: string;
  view: string;
  key: string;
  start: string;
  value: string;
  text0: string;
  bits1: string;
  readStringArray: string;
  CHOICES: string;
  User: string;
  Date: string;
  writeVarint: string;
  hasOwnProperty: string;
}

/** Makes a ByteWriter without its constructor: all of them share one hidden class. */
function ByteWriterRow(
  this: ByteWriterFields,
  constructor2: string,
  __proto__: string,
  aB: string,
  itS: string,
  sayHi: string,
  backSlash$: string,
  lineBreak: string,
  u: string,
  _: string,
  _2: string,
  _3: string,
  _1st: string,
  class2: string,
  await2: string,
  toString: string,
  row2: string,
  out2: string,
  text2: string,
  heap2: string,
  bytes2: string,
  view2: string,
  key2: string,
  start2: string,
  value2: string,
  text0_: string,
  bits1_: string,
  readStringArray_: string,
  cHOICES: string,
  user: string,
  date: string,
  writeVarint_: string,
  hasOwnProperty: string,
): void {
  this['constructor'] = constructor2;
  Object.defineProperty(this, '__proto__', { value: __proto__, writable: true, enumerable: true, configurable: true });
  this['a-b'] = aB;
  this["it's"] = itS;
  this['say "hi"'] = sayHi;
  this['back\\slash`$'] = backSlash$;
  this['line\nbreak'] = lineBreak;
  this['u\u2028\u2029'] = u;
  this['*/'] = _;
  this['\ud800'] = _2;
  this[''] = _3;
  this['1st'] = _1st;
  this.class = class2;
  this.await = await2;
  this.toString = toString;
  this.row = row2;
  this.out = out2;
  this.text = text2;
  this.heap = heap2;
  this.bytes = bytes2;
  this.view = view2;
  this.key = key2;
  this.start = start2;
  this.value = value2;
  this.text0 = text0_;
  this.bits1 = bits1_;
  this.readStringArray = readStringArray_;
  this.CHOICES = cHOICES;
  this.User = user;
  this.Date = date;
  this.writeVarint = writeVarint_;
  this.hasOwnProperty = hasOwnProperty;
}
ByteWriterRow.prototype = ByteWriter.prototype;
const newByteWriter = ByteWriterRow as unknown as new (...fields: Parameters<typeof ByteWriterRow>) => ByteWriter;

const CHOICES = ["it's", 'say "hi"', 'u\u2028', '*/', '__proto__', '\ud800'] as const;

interface Date2Fields {
  id: string;
  'constructor': string[] | undefined;
  '__proto__': string;
  'a-b': string | undefined;
  "it's": string[];
  'say "hi"': string | undefined;
  'back\\slash`$': string;
  'line\nbreak': string[] | undefined;
  'u\u2028\u2029': string;
  '*/': string | undefined;
  '\ud800': string[];
  '': string | undefined;
  '1st': string;
  class: string[] | undefined;
  await: string;
  toString: string | undefined;
  row: string[];
  out: string | undefined;
  text: string;
  heap: string[] | undefined;
  bytes: string;
  view: string | undefined;
  key: string[];
  start: string | undefined;
  value: string;
  text0: string[] | undefined;
  bits1: string;
  readStringArray: string | undefined;
  CHOICES: string[];
  User: string | undefined;
  Date: string;
  writeVarint: string[] | undefined;
  hasOwnProperty: string;
  new: ByteWriter;
  enum: "it's" | 'say "hi"' | 'u\u2028' | '*/' | '__proto__' | '\ud800';
  literal: unknown;
}

/** Makes a Date2 without its constructor: all of them share one hidden class. */
function Date2Row(
  this: Date2Fields,
  id: string,
  constructor2: string[] | undefined,
  __proto__: string,
  aB: string | undefined,
  itS: string[],
  sayHi: string | undefined,
  backSlash$: string,
  lineBreak: string[] | undefined,
  u: string,
  _: string | undefined,
  _2: string[],
  _3: string | undefined,
  _1st: string,
  class2: string[] | undefined,
  await2: string,
  toString: string | undefined,
  row2: string[],
  out2: string | undefined,
  text2: string,
  heap2: string[] | undefined,
  bytes2: string,
  view2: string | undefined,
  key2: string[],
  start2: string | undefined,
  value2: string,
  text0_: string[] | undefined,
  bits1_: string,
  readStringArray_: string | undefined,
  cHOICES: string[],
  user: string | undefined,
  date: string,
  writeVarint_: string[] | undefined,
  hasOwnProperty: string,
  new2: ByteWriter,
  enum2: "it's" | 'say "hi"' | 'u\u2028' | '*/' | '__proto__' | '\ud800',
  literal: unknown,
): void {
  this.id = id;
  this['constructor'] = constructor2;
  Object.defineProperty(this, '__proto__', { value: __proto__, writable: true, enumerable: true, configurable: true });
  this['a-b'] = aB;
  this["it's"] = itS;
  this['say "hi"'] = sayHi;
  this['back\\slash`$'] = backSlash$;
  this['line\nbreak'] = lineBreak;
  this['u\u2028\u2029'] = u;
  this['*/'] = _;
  this['\ud800'] = _2;
  this[''] = _3;
  this['1st'] = _1st;
  this.class = class2;
  this.await = await2;
  this.toString = toString;
  this.row = row2;
  this.out = out2;
  this.text = text2;
  this.heap = heap2;
  this.bytes = bytes2;
  this.view = view2;
  this.key = key2;
  this.start = start2;
  this.value = value2;
  this.text0 = text0_;
  this.bits1 = bits1_;
  this.readStringArray = readStringArray_;
  this.CHOICES = cHOICES;
  this.User = user;
  this.Date = date;
  this.writeVarint = writeVarint_;
  this.hasOwnProperty = hasOwnProperty;
  this.new = new2;
  this.enum = enum2;
  this.literal = literal;
}
Date2Row.prototype = Date2.prototype;
const newDate2 = Date2Row as unknown as new (...fields: Parameters<typeof Date2Row>) => Date2;

function decodeDate2(src: ByteSpan, key: Date2Key, layout = 1): Date2 {
  const { bytes, view, start, end } = src;
  if (end - start < 155 || bytes[start] !== layout) throw damaged('Date');
  const bits1 = bytes[start + 1]!;
  const bits2 = bytes[start + 2]!;
  const bits3 = bytes[start + 3]!;
  let heapStart = start + 155;
  let data0: number;
  let data1: number;
  let data2: number;
  let data3: number;
  let data4: number;
  let data5: number;
  let data6: number;
  let data7: number;
  let data8: number;
  let data9: number;
  let data10: number;
  let data11: number;
  let text0: number;
  let text1: number;
  let text2: number;
  let text3: number;
  let text4: number;
  let text5: number;
  let text6: number;
  let text7: number;
  let text8: number;
  let text9: number;
  let text10: number;
  let text11: number;
  let text12: number;
  let text13: number;
  let text14: number;
  let text15: number;
  let text16: number;
  let text17: number;
  let text18: number;
  let text19: number;
  let text20: number;
  let text21: number;
  let text22: number;
  let text23: number;
  let text24: number;
  let text25: number;
  let text26: number;
  let text27: number;
  let text28: number;
  let text29: number;
  let text30: number;
  let text31: number;
  let text32: number;
  let text33: number;
  let text34: number;
  let text35: number;
  let text36: number;
  let text37: number;
  let text38: number;
  let text39: number;
  let text40: number;
  let text41: number;
  let text42: number;
  let text43: number;
  let text44: number;
  let text45: number;
  let text46: number;
  let text47: number;
  let text48: number;
  let text49: number;
  let text50: number;
  let text51: number;
  let text52: number;
  let text53: number;
  let text54: number;
  let text55: number;
  let text56: number;
  let text57: number;
  let text58: number;
  let text59: number;
  let text60: number;
  let text61: number;
  let text62: number;
  if ((bits1 & 1) === 0) {
    data0 = view.getUint16(start + 5, true);
    data1 = view.getUint16(start + 7, true);
    data2 = view.getUint16(start + 9, true);
    data3 = view.getUint16(start + 11, true);
    data4 = view.getUint16(start + 13, true);
    data5 = view.getUint16(start + 15, true);
    data6 = view.getUint16(start + 17, true);
    data7 = view.getUint16(start + 19, true);
    data8 = view.getUint16(start + 21, true);
    data9 = view.getUint16(start + 23, true);
    data10 = view.getUint16(start + 25, true);
    data11 = view.getUint16(start + 27, true);
    text0 = view.getUint16(start + 29, true);
    text1 = view.getUint16(start + 31, true);
    text2 = view.getUint16(start + 33, true);
    text3 = view.getUint16(start + 35, true);
    text4 = view.getUint16(start + 37, true);
    text5 = view.getUint16(start + 39, true);
    text6 = view.getUint16(start + 41, true);
    text7 = view.getUint16(start + 43, true);
    text8 = view.getUint16(start + 45, true);
    text9 = view.getUint16(start + 47, true);
    text10 = view.getUint16(start + 49, true);
    text11 = view.getUint16(start + 51, true);
    text12 = view.getUint16(start + 53, true);
    text13 = view.getUint16(start + 55, true);
    text14 = view.getUint16(start + 57, true);
    text15 = view.getUint16(start + 59, true);
    text16 = view.getUint16(start + 61, true);
    text17 = view.getUint16(start + 63, true);
    text18 = view.getUint16(start + 65, true);
    text19 = view.getUint16(start + 67, true);
    text20 = view.getUint16(start + 69, true);
    text21 = view.getUint16(start + 71, true);
    text22 = view.getUint16(start + 73, true);
    text23 = view.getUint16(start + 75, true);
    text24 = view.getUint16(start + 77, true);
    text25 = view.getUint16(start + 79, true);
    text26 = view.getUint16(start + 81, true);
    text27 = view.getUint16(start + 83, true);
    text28 = view.getUint16(start + 85, true);
    text29 = view.getUint16(start + 87, true);
    text30 = view.getUint16(start + 89, true);
    text31 = view.getUint16(start + 91, true);
    text32 = view.getUint16(start + 93, true);
    text33 = view.getUint16(start + 95, true);
    text34 = view.getUint16(start + 97, true);
    text35 = view.getUint16(start + 99, true);
    text36 = view.getUint16(start + 101, true);
    text37 = view.getUint16(start + 103, true);
    text38 = view.getUint16(start + 105, true);
    text39 = view.getUint16(start + 107, true);
    text40 = view.getUint16(start + 109, true);
    text41 = view.getUint16(start + 111, true);
    text42 = view.getUint16(start + 113, true);
    text43 = view.getUint16(start + 115, true);
    text44 = view.getUint16(start + 117, true);
    text45 = view.getUint16(start + 119, true);
    text46 = view.getUint16(start + 121, true);
    text47 = view.getUint16(start + 123, true);
    text48 = view.getUint16(start + 125, true);
    text49 = view.getUint16(start + 127, true);
    text50 = view.getUint16(start + 129, true);
    text51 = view.getUint16(start + 131, true);
    text52 = view.getUint16(start + 133, true);
    text53 = view.getUint16(start + 135, true);
    text54 = view.getUint16(start + 137, true);
    text55 = view.getUint16(start + 139, true);
    text56 = view.getUint16(start + 141, true);
    text57 = view.getUint16(start + 143, true);
    text58 = view.getUint16(start + 145, true);
    text59 = view.getUint16(start + 147, true);
    text60 = view.getUint16(start + 149, true);
    text61 = view.getUint16(start + 151, true);
    text62 = view.getUint16(start + 153, true);
  } else {
    heapStart += 150;
    if (heapStart > end) throw damaged('Date');
    data0 = view.getUint32(start + 5, true);
    data1 = view.getUint32(start + 9, true);
    data2 = view.getUint32(start + 13, true);
    data3 = view.getUint32(start + 17, true);
    data4 = view.getUint32(start + 21, true);
    data5 = view.getUint32(start + 25, true);
    data6 = view.getUint32(start + 29, true);
    data7 = view.getUint32(start + 33, true);
    data8 = view.getUint32(start + 37, true);
    data9 = view.getUint32(start + 41, true);
    data10 = view.getUint32(start + 45, true);
    data11 = view.getUint32(start + 49, true);
    text0 = view.getUint32(start + 53, true);
    text1 = view.getUint32(start + 57, true);
    text2 = view.getUint32(start + 61, true);
    text3 = view.getUint32(start + 65, true);
    text4 = view.getUint32(start + 69, true);
    text5 = view.getUint32(start + 73, true);
    text6 = view.getUint32(start + 77, true);
    text7 = view.getUint32(start + 81, true);
    text8 = view.getUint32(start + 85, true);
    text9 = view.getUint32(start + 89, true);
    text10 = view.getUint32(start + 93, true);
    text11 = view.getUint32(start + 97, true);
    text12 = view.getUint32(start + 101, true);
    text13 = view.getUint32(start + 105, true);
    text14 = view.getUint32(start + 109, true);
    text15 = view.getUint32(start + 113, true);
    text16 = view.getUint32(start + 117, true);
    text17 = view.getUint32(start + 121, true);
    text18 = view.getUint32(start + 125, true);
    text19 = view.getUint32(start + 129, true);
    text20 = view.getUint32(start + 133, true);
    text21 = view.getUint32(start + 137, true);
    text22 = view.getUint32(start + 141, true);
    text23 = view.getUint32(start + 145, true);
    text24 = view.getUint32(start + 149, true);
    text25 = view.getUint32(start + 153, true);
    text26 = view.getUint32(start + 157, true);
    text27 = view.getUint32(start + 161, true);
    text28 = view.getUint32(start + 165, true);
    text29 = view.getUint32(start + 169, true);
    text30 = view.getUint32(start + 173, true);
    text31 = view.getUint32(start + 177, true);
    text32 = view.getUint32(start + 181, true);
    text33 = view.getUint32(start + 185, true);
    text34 = view.getUint32(start + 189, true);
    text35 = view.getUint32(start + 193, true);
    text36 = view.getUint32(start + 197, true);
    text37 = view.getUint32(start + 201, true);
    text38 = view.getUint32(start + 205, true);
    text39 = view.getUint32(start + 209, true);
    text40 = view.getUint32(start + 213, true);
    text41 = view.getUint32(start + 217, true);
    text42 = view.getUint32(start + 221, true);
    text43 = view.getUint32(start + 225, true);
    text44 = view.getUint32(start + 229, true);
    text45 = view.getUint32(start + 233, true);
    text46 = view.getUint32(start + 237, true);
    text47 = view.getUint32(start + 241, true);
    text48 = view.getUint32(start + 245, true);
    text49 = view.getUint32(start + 249, true);
    text50 = view.getUint32(start + 253, true);
    text51 = view.getUint32(start + 257, true);
    text52 = view.getUint32(start + 261, true);
    text53 = view.getUint32(start + 265, true);
    text54 = view.getUint32(start + 269, true);
    text55 = view.getUint32(start + 273, true);
    text56 = view.getUint32(start + 277, true);
    text57 = view.getUint32(start + 281, true);
    text58 = view.getUint32(start + 285, true);
    text59 = view.getUint32(start + 289, true);
    text60 = view.getUint32(start + 293, true);
    text61 = view.getUint32(start + 297, true);
    text62 = view.getUint32(start + 301, true);
  }
  const textStart = heapStart + data11;
  const text63 = end - textStart;
  if (
    data1 < data0 ||
    data2 < data1 ||
    data3 < data2 ||
    data4 < data3 ||
    data5 < data4 ||
    data6 < data5 ||
    data7 < data6 ||
    data8 < data7 ||
    data9 < data8 ||
    data10 < data9 ||
    data11 < data10 ||
    text1 < text0 ||
    text2 < text1 ||
    text3 < text2 ||
    text4 < text3 ||
    text5 < text4 ||
    text6 < text5 ||
    text7 < text6 ||
    text8 < text7 ||
    text9 < text8 ||
    text10 < text9 ||
    text11 < text10 ||
    text12 < text11 ||
    text13 < text12 ||
    text14 < text13 ||
    text15 < text14 ||
    text16 < text15 ||
    text17 < text16 ||
    text18 < text17 ||
    text19 < text18 ||
    text20 < text19 ||
    text21 < text20 ||
    text22 < text21 ||
    text23 < text22 ||
    text24 < text23 ||
    text25 < text24 ||
    text26 < text25 ||
    text27 < text26 ||
    text28 < text27 ||
    text29 < text28 ||
    text30 < text29 ||
    text31 < text30 ||
    text32 < text31 ||
    text33 < text32 ||
    text34 < text33 ||
    text35 < text34 ||
    text36 < text35 ||
    text37 < text36 ||
    text38 < text37 ||
    text39 < text38 ||
    text40 < text39 ||
    text41 < text40 ||
    text42 < text41 ||
    text43 < text42 ||
    text44 < text43 ||
    text45 < text44 ||
    text46 < text45 ||
    text47 < text46 ||
    text48 < text47 ||
    text49 < text48 ||
    text50 < text49 ||
    text51 < text50 ||
    text52 < text51 ||
    text53 < text52 ||
    text54 < text53 ||
    text55 < text54 ||
    text56 < text55 ||
    text57 < text56 ||
    text58 < text57 ||
    text59 < text58 ||
    text60 < text59 ||
    text61 < text60 ||
    text62 < text61 ||
    text63 < text62
  ) {
    throw damaged('Date');
  }
  const mixed = (bits1 & 2) !== 0;
  const text = mixed ? '' : latin1(bytes, textStart, end);
  return new newDate2(
    key,
    (bits1 & 4) !== 0
      ? undefined
      : readStrings(bytes, heapStart, heapStart + data0, text, text52, text53, mixed, textStart, 'Date'),
    mixed ? taggedText(bytes, textStart, textStart + text0) : text.substring(0, text0),
    (bits1 & 8) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text0, textStart + text1)
        : text.substring(text0, text1),
    readStrings(bytes, heapStart + data0, heapStart + data1, text, text53, text54, mixed, textStart, 'Date'),
    (bits1 & 16) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text1, textStart + text2)
        : text.substring(text1, text2),
    mixed
      ? taggedText(bytes, textStart + text2, textStart + text3)
      : text.substring(text2, text3),
    (bits1 & 32) !== 0
      ? undefined
      : readStrings(bytes, heapStart + data1, heapStart + data2, text, text54, text55, mixed, textStart, 'Date'),
    mixed
      ? taggedText(bytes, textStart + text3, textStart + text4)
      : text.substring(text3, text4),
    (bits1 & 64) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text4, textStart + text5)
        : text.substring(text4, text5),
    readStrings(bytes, heapStart + data2, heapStart + data3, text, text55, text56, mixed, textStart, 'Date'),
    (bits1 & 128) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text5, textStart + text6)
        : text.substring(text5, text6),
    mixed
      ? taggedText(bytes, textStart + text6, textStart + text7)
      : text.substring(text6, text7),
    (bits2 & 1) !== 0
      ? undefined
      : readStrings(bytes, heapStart + data3, heapStart + data4, text, text56, text57, mixed, textStart, 'Date'),
    mixed
      ? taggedText(bytes, textStart + text7, textStart + text8)
      : text.substring(text7, text8),
    (bits2 & 2) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text8, textStart + text9)
        : text.substring(text8, text9),
    readStrings(bytes, heapStart + data4, heapStart + data5, text, text57, text58, mixed, textStart, 'Date'),
    (bits2 & 4) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text9, textStart + text10)
        : text.substring(text9, text10),
    mixed
      ? taggedText(bytes, textStart + text10, textStart + text11)
      : text.substring(text10, text11),
    (bits2 & 8) !== 0
      ? undefined
      : readStrings(bytes, heapStart + data5, heapStart + data6, text, text58, text59, mixed, textStart, 'Date'),
    mixed
      ? taggedText(bytes, textStart + text11, textStart + text12)
      : text.substring(text11, text12),
    (bits2 & 16) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text12, textStart + text13)
        : text.substring(text12, text13),
    readStrings(bytes, heapStart + data6, heapStart + data7, text, text59, text60, mixed, textStart, 'Date'),
    (bits2 & 32) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text13, textStart + text14)
        : text.substring(text13, text14),
    mixed
      ? taggedText(bytes, textStart + text14, textStart + text15)
      : text.substring(text14, text15),
    (bits2 & 64) !== 0
      ? undefined
      : readStrings(bytes, heapStart + data7, heapStart + data8, text, text60, text61, mixed, textStart, 'Date'),
    mixed
      ? taggedText(bytes, textStart + text15, textStart + text16)
      : text.substring(text15, text16),
    (bits2 & 128) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text16, textStart + text17)
        : text.substring(text16, text17),
    readStrings(bytes, heapStart + data8, heapStart + data9, text, text61, text62, mixed, textStart, 'Date'),
    (bits3 & 1) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text17, textStart + text18)
        : text.substring(text17, text18),
    mixed
      ? taggedText(bytes, textStart + text18, textStart + text19)
      : text.substring(text18, text19),
    (bits3 & 2) !== 0
      ? undefined
      : readStrings(bytes, heapStart + data9, heapStart + data10, text, text62, text63, mixed, textStart, 'Date'),
    mixed
      ? taggedText(bytes, textStart + text19, textStart + text20)
      : text.substring(text19, text20),
    new newByteWriter(
      mixed
        ? taggedText(bytes, textStart + text20, textStart + text21)
        : text.substring(text20, text21),
      mixed
        ? taggedText(bytes, textStart + text21, textStart + text22)
        : text.substring(text21, text22),
      mixed
        ? taggedText(bytes, textStart + text22, textStart + text23)
        : text.substring(text22, text23),
      mixed
        ? taggedText(bytes, textStart + text23, textStart + text24)
        : text.substring(text23, text24),
      mixed
        ? taggedText(bytes, textStart + text24, textStart + text25)
        : text.substring(text24, text25),
      mixed
        ? taggedText(bytes, textStart + text25, textStart + text26)
        : text.substring(text25, text26),
      mixed
        ? taggedText(bytes, textStart + text26, textStart + text27)
        : text.substring(text26, text27),
      mixed
        ? taggedText(bytes, textStart + text27, textStart + text28)
        : text.substring(text27, text28),
      mixed
        ? taggedText(bytes, textStart + text28, textStart + text29)
        : text.substring(text28, text29),
      mixed
        ? taggedText(bytes, textStart + text29, textStart + text30)
        : text.substring(text29, text30),
      mixed
        ? taggedText(bytes, textStart + text30, textStart + text31)
        : text.substring(text30, text31),
      mixed
        ? taggedText(bytes, textStart + text31, textStart + text32)
        : text.substring(text31, text32),
      mixed
        ? taggedText(bytes, textStart + text32, textStart + text33)
        : text.substring(text32, text33),
      mixed
        ? taggedText(bytes, textStart + text33, textStart + text34)
        : text.substring(text33, text34),
      mixed
        ? taggedText(bytes, textStart + text34, textStart + text35)
        : text.substring(text34, text35),
      mixed
        ? taggedText(bytes, textStart + text35, textStart + text36)
        : text.substring(text35, text36),
      mixed
        ? taggedText(bytes, textStart + text36, textStart + text37)
        : text.substring(text36, text37),
      mixed
        ? taggedText(bytes, textStart + text37, textStart + text38)
        : text.substring(text37, text38),
      mixed
        ? taggedText(bytes, textStart + text38, textStart + text39)
        : text.substring(text38, text39),
      mixed
        ? taggedText(bytes, textStart + text39, textStart + text40)
        : text.substring(text39, text40),
      mixed
        ? taggedText(bytes, textStart + text40, textStart + text41)
        : text.substring(text40, text41),
      mixed
        ? taggedText(bytes, textStart + text41, textStart + text42)
        : text.substring(text41, text42),
      mixed
        ? taggedText(bytes, textStart + text42, textStart + text43)
        : text.substring(text42, text43),
      mixed
        ? taggedText(bytes, textStart + text43, textStart + text44)
        : text.substring(text43, text44),
      mixed
        ? taggedText(bytes, textStart + text44, textStart + text45)
        : text.substring(text44, text45),
      mixed
        ? taggedText(bytes, textStart + text45, textStart + text46)
        : text.substring(text45, text46),
      mixed
        ? taggedText(bytes, textStart + text46, textStart + text47)
        : text.substring(text46, text47),
      mixed
        ? taggedText(bytes, textStart + text47, textStart + text48)
        : text.substring(text47, text48),
      mixed
        ? taggedText(bytes, textStart + text48, textStart + text49)
        : text.substring(text48, text49),
      mixed
        ? taggedText(bytes, textStart + text49, textStart + text50)
        : text.substring(text49, text50),
      mixed
        ? taggedText(bytes, textStart + text50, textStart + text51)
        : text.substring(text50, text51),
      mixed
        ? taggedText(bytes, textStart + text51, textStart + text52)
        : text.substring(text51, text52),
    ),
    enumValue(CHOICES, bytes[start + 4]!, 'Date'),
    readValue(bytes, heapStart + data10, heapStart + data11, 'Date'),
  );
}

const keyCodec: KeyCodec<Date2Key> = {
  size: null,
  write(key: Date2Key, out: ByteWriter2): void {
    writeKeyString(out, key);
  },
  read(bytes: Uint8Array, start: number, end: number): Date2Key {
    return readKeyString(bytes, start, end);
  },
  writeColumn(position: number, value: unknown, out: ByteWriter2): boolean {
    switch (position) {
      case 0:
        if (typeof value !== 'string') return false;
        writeKeyString(out, value);
        return true;
      default:
        return false;
    }
  },
};

const indexCodecs: readonly IndexCodec<Date2>[] = [
  {
    name: "it's",
    unique: false,
    size: null,
    write(row: Date2, out: ByteWriter2, ends: number[]): boolean {
      const constructor2 = row['constructor'];
      if (constructor2 === undefined) return true;
      for (const element2 of new Set(constructor2)) {
        writeKeyString(out, element2);
        ends.push(out.at);
      }
      return true;
    },
    writeColumn(position: number, value: unknown, out: ByteWriter2): boolean {
      switch (position) {
        case 0:
          if (typeof value !== 'string') return false;
          writeKeyString(out, value);
          return true;
        default:
          return false;
      }
    },
  },
  {
    name: '__proto___a-b',
    unique: false,
    size: null,
    write(row: Date2, out: ByteWriter2, ends: number[]): boolean {
      let complete = true;
      writeKeyString(out, row['__proto__']);
      const aB = row['a-b'];
      if (aB === undefined) {
        writeKeyTag(out, TAG_UNDEFINED);
        complete = false;
      } else {
        writeKeyTag(out, TAG_VALUE);
        writeKeyString(out, aB);
      }
      ends.push(out.at);
      return complete;
    },
    writeColumn(position: number, value: unknown, out: ByteWriter2): boolean {
      switch (position) {
        case 0:
          if (typeof value !== 'string') return false;
          writeKeyString(out, value);
          return true;
        case 1:
          if (value === undefined) {
            writeKeyTag(out, TAG_UNDEFINED);
            return true;
          }
          if (typeof value !== 'string') return false;
          writeKeyTag(out, TAG_VALUE);
          writeKeyString(out, value);
          return true;
        default:
          return false;
      }
    },
  },
];

function checkStringArray(value: readonly string[]): Problem | null {
  if (!Array.isArray(value)) return wrongType('', 'an array', value);
  for (let i = 0; i < value.length; i++) {
    const element: string = value[i];
    if (typeof element !== 'string') return wrongType(elementPath('', i), 'a string', element);
  }
  return null;
}

function checkByteWriter(input: ByteWriterInput): Problem | null {
  if (typeof input !== 'object' || input === null) return wrongType('', 'an object with the fields of ByteWriter', input);
  const constructor2 = own(input, 'constructor');
  if (typeof constructor2 !== 'string') return wrongType('["constructor"]', 'a string', constructor2);
  const __proto__ = own(input, '__proto__');
  if (typeof __proto__ !== 'string') return wrongType('["__proto__"]', 'a string', __proto__);
  const aB = input['a-b'];
  if (typeof aB !== 'string') return wrongType('["a-b"]', 'a string', aB);
  const itS = input["it's"];
  if (typeof itS !== 'string') return wrongType("[\"it's\"]", 'a string', itS);
  const sayHi = input['say "hi"'];
  if (typeof sayHi !== 'string') return wrongType('["say \\"hi\\""]', 'a string', sayHi);
  const backSlash$ = input['back\\slash`$'];
  if (typeof backSlash$ !== 'string') return wrongType('["back\\\\slash`$"]', 'a string', backSlash$);
  const lineBreak = input['line\nbreak'];
  if (typeof lineBreak !== 'string') return wrongType('["line\\nbreak"]', 'a string', lineBreak);
  const u = input['u\u2028\u2029'];
  if (typeof u !== 'string') return wrongType('["u\u2028\u2029"]', 'a string', u);
  const _ = input['*/'];
  if (typeof _ !== 'string') return wrongType('["*/"]', 'a string', _);
  const _2 = input['\ud800'];
  if (typeof _2 !== 'string') return wrongType('["\\ud800"]', 'a string', _2);
  const _3 = input[''];
  if (typeof _3 !== 'string') return wrongType('[""]', 'a string', _3);
  const _1st = input['1st'];
  if (typeof _1st !== 'string') return wrongType('["1st"]', 'a string', _1st);
  const class2 = input.class;
  if (typeof class2 !== 'string') return wrongType('.class', 'a string', class2);
  const await2 = input.await;
  if (typeof await2 !== 'string') return wrongType('.await', 'a string', await2);
  const toString = own(input, 'toString');
  if (typeof toString !== 'string') return wrongType('.toString', 'a string', toString);
  const row2 = input.row;
  if (typeof row2 !== 'string') return wrongType('.row', 'a string', row2);
  const out2 = input.out;
  if (typeof out2 !== 'string') return wrongType('.out', 'a string', out2);
  const text2 = input.text;
  if (typeof text2 !== 'string') return wrongType('.text', 'a string', text2);
  const heap2 = input.heap;
  if (typeof heap2 !== 'string') return wrongType('.heap', 'a string', heap2);
  const bytes2 = input.bytes;
  if (typeof bytes2 !== 'string') return wrongType('.bytes', 'a string', bytes2);
  const view2 = input.view;
  if (typeof view2 !== 'string') return wrongType('.view', 'a string', view2);
  const key2 = input.key;
  if (typeof key2 !== 'string') return wrongType('.key', 'a string', key2);
  const start2 = input.start;
  if (typeof start2 !== 'string') return wrongType('.start', 'a string', start2);
  const value2 = input.value;
  if (typeof value2 !== 'string') return wrongType('.value', 'a string', value2);
  const text0_ = input.text0;
  if (typeof text0_ !== 'string') return wrongType('.text0', 'a string', text0_);
  const bits1_ = input.bits1;
  if (typeof bits1_ !== 'string') return wrongType('.bits1', 'a string', bits1_);
  const readStringArray_ = input.readStringArray;
  if (typeof readStringArray_ !== 'string') return wrongType('.readStringArray', 'a string', readStringArray_);
  const cHOICES = input.CHOICES;
  if (typeof cHOICES !== 'string') return wrongType('.CHOICES', 'a string', cHOICES);
  const user = input.User;
  if (typeof user !== 'string') return wrongType('.User', 'a string', user);
  const date = input.Date;
  if (typeof date !== 'string') return wrongType('.Date', 'a string', date);
  const writeVarint_ = input.writeVarint;
  if (typeof writeVarint_ !== 'string') return wrongType('.writeVarint', 'a string', writeVarint_);
  const hasOwnProperty = own(input, 'hasOwnProperty');
  if (typeof hasOwnProperty !== 'string') return wrongType('.hasOwnProperty', 'a string', hasOwnProperty);
  return null;
}

/** The first field that does not fit, or null. */
function checkDate2(input: Date2Input): Problem | null {
  if (typeof input !== 'object' || input === null) return wrongType('Date', 'an object', input);
  const id = input.id;
  if (typeof id !== 'string') return wrongType('Date.id', 'a string', id);
  const constructor2 = own(input, 'constructor');
  if (constructor2 !== undefined) {
    const problem = checkStringArray(constructor2);
    if (problem !== null) return problem.inside('Date["constructor"]');
  }
  const __proto__ = own(input, '__proto__');
  if (typeof __proto__ !== 'string') return wrongType('Date["__proto__"]', 'a string', __proto__);
  const aB = input['a-b'];
  if (aB !== undefined && typeof aB !== 'string') return wrongType('Date["a-b"]', 'a string', aB);
  const itS = input["it's"];
  const itSProblem = checkStringArray(itS);
  if (itSProblem !== null) return itSProblem.inside("Date[\"it's\"]");
  const sayHi = input['say "hi"'];
  if (sayHi !== undefined && typeof sayHi !== 'string') return wrongType('Date["say \\"hi\\""]', 'a string', sayHi);
  const backSlash$ = input['back\\slash`$'];
  if (typeof backSlash$ !== 'string') return wrongType('Date["back\\\\slash`$"]', 'a string', backSlash$);
  const lineBreak = input['line\nbreak'];
  if (lineBreak !== undefined) {
    const problem = checkStringArray(lineBreak);
    if (problem !== null) return problem.inside('Date["line\\nbreak"]');
  }
  const u = input['u\u2028\u2029'];
  if (typeof u !== 'string') return wrongType('Date["u\u2028\u2029"]', 'a string', u);
  const _ = input['*/'];
  if (_ !== undefined && typeof _ !== 'string') return wrongType('Date["*/"]', 'a string', _);
  const _2 = input['\ud800'];
  const _2Problem = checkStringArray(_2);
  if (_2Problem !== null) return _2Problem.inside('Date["\\ud800"]');
  const _3 = input[''];
  if (_3 !== undefined && typeof _3 !== 'string') return wrongType('Date[""]', 'a string', _3);
  const _1st = input['1st'];
  if (typeof _1st !== 'string') return wrongType('Date["1st"]', 'a string', _1st);
  const class2 = input.class;
  if (class2 !== undefined) {
    const problem = checkStringArray(class2);
    if (problem !== null) return problem.inside('Date.class');
  }
  const await2 = input.await;
  if (typeof await2 !== 'string') return wrongType('Date.await', 'a string', await2);
  const toString = own(input, 'toString');
  if (toString !== undefined && typeof toString !== 'string') return wrongType('Date.toString', 'a string', toString);
  const row2 = input.row;
  const row2Problem = checkStringArray(row2);
  if (row2Problem !== null) return row2Problem.inside('Date.row');
  const out2 = input.out;
  if (out2 !== undefined && typeof out2 !== 'string') return wrongType('Date.out', 'a string', out2);
  const text2 = input.text;
  if (typeof text2 !== 'string') return wrongType('Date.text', 'a string', text2);
  const heap2 = input.heap;
  if (heap2 !== undefined) {
    const problem = checkStringArray(heap2);
    if (problem !== null) return problem.inside('Date.heap');
  }
  const bytes2 = input.bytes;
  if (typeof bytes2 !== 'string') return wrongType('Date.bytes', 'a string', bytes2);
  const view2 = input.view;
  if (view2 !== undefined && typeof view2 !== 'string') return wrongType('Date.view', 'a string', view2);
  const key2 = input.key;
  const key2Problem = checkStringArray(key2);
  if (key2Problem !== null) return key2Problem.inside('Date.key');
  const start2 = input.start;
  if (start2 !== undefined && typeof start2 !== 'string') return wrongType('Date.start', 'a string', start2);
  const value2 = input.value;
  if (typeof value2 !== 'string') return wrongType('Date.value', 'a string', value2);
  const text0_ = input.text0;
  if (text0_ !== undefined) {
    const problem = checkStringArray(text0_);
    if (problem !== null) return problem.inside('Date.text0');
  }
  const bits1_ = input.bits1;
  if (typeof bits1_ !== 'string') return wrongType('Date.bits1', 'a string', bits1_);
  const readStringArray_ = input.readStringArray;
  if (readStringArray_ !== undefined && typeof readStringArray_ !== 'string') {
    return wrongType('Date.readStringArray', 'a string', readStringArray_);
  }
  const cHOICES = input.CHOICES;
  const cHOICESProblem = checkStringArray(cHOICES);
  if (cHOICESProblem !== null) return cHOICESProblem.inside('Date.CHOICES');
  const user = input.User;
  if (user !== undefined && typeof user !== 'string') return wrongType('Date.User', 'a string', user);
  const date = input.Date;
  if (typeof date !== 'string') return wrongType('Date.Date', 'a string', date);
  const writeVarint_ = input.writeVarint;
  if (writeVarint_ !== undefined) {
    const problem = checkStringArray(writeVarint_);
    if (problem !== null) return problem.inside('Date.writeVarint');
  }
  const hasOwnProperty = own(input, 'hasOwnProperty');
  if (typeof hasOwnProperty !== 'string') return wrongType('Date.hasOwnProperty', 'a string', hasOwnProperty);
  const new2 = input.new;
  const new2Problem = checkByteWriter(new2);
  if (new2Problem !== null) return new2Problem.inside('Date.new');
  const enum2 = input.enum;
  if (choicePosition(enum2) < 0) {
    return noChoice('Date.enum', "\"it's\", 'say \"hi\"', 'u\\u2028', '*/', '__proto__' or '\\ud800'", enum2);
  }
  const literal = input.literal;
  if (literal !== undefined && !isStorable(literal)) return notStorable('Date.literal', literal);
  return null;
}

function buildByteWriter(input: ByteWriterInput, _now: number): ByteWriter {
  const constructor2 = own(input, 'constructor');
  const __proto__ = own(input, '__proto__');
  const toString = own(input, 'toString');
  const hasOwnProperty = own(input, 'hasOwnProperty');
  return new newByteWriter(
    constructor2,
    __proto__,
    input['a-b'],
    input["it's"],
    input['say "hi"'],
    input['back\\slash`$'],
    input['line\nbreak'],
    input['u\u2028\u2029'],
    input['*/'],
    input['\ud800'],
    input[''],
    input['1st'],
    input.class,
    input.await,
    toString,
    input.row,
    input.out,
    input.text,
    input.heap,
    input.bytes,
    input.view,
    input.key,
    input.start,
    input.value,
    input.text0,
    input.bits1,
    input.readStringArray,
    input.CHOICES,
    input.User,
    input.Date,
    input.writeVarint,
    hasOwnProperty,
  );
}

function createDate2(input: Date2Input, now: number, _generated?: Date2Key): Date2 {
  const problem = checkDate2(input);
  if (problem !== null) throw problem.toError();
  const constructor2 = own(input, 'constructor');
  const __proto__ = own(input, '__proto__');
  const toString = own(input, 'toString');
  const hasOwnProperty = own(input, 'hasOwnProperty');
  return new newDate2(
    input.id,
    constructor2 === undefined ? constructor2 : constructor2.slice(),
    __proto__,
    input['a-b'],
    input["it's"].slice(),
    input['say "hi"'],
    input['back\\slash`$'],
    input['line\nbreak'] === undefined ? input['line\nbreak'] : input['line\nbreak'].slice(),
    input['u\u2028\u2029'],
    input['*/'],
    input['\ud800'].slice(),
    input[''],
    input['1st'],
    input.class === undefined ? input.class : input.class.slice(),
    input.await,
    toString,
    input.row.slice(),
    input.out,
    input.text,
    input.heap === undefined ? input.heap : input.heap.slice(),
    input.bytes,
    input.view,
    input.key.slice(),
    input.start,
    input.value,
    input.text0 === undefined ? input.text0 : input.text0.slice(),
    input.bits1,
    input.readStringArray,
    input.CHOICES.slice(),
    input.User,
    input.Date,
    input.writeVarint === undefined ? input.writeVarint : input.writeVarint.slice(),
    hasOwnProperty,
    buildByteWriter(input.new, now),
    input.enum,
    input.literal ?? { ['__proto__']: { 'a-b': 1 }, '\u2028': '*/' },
  );
}

/** All that the database needs to know of Date. */
export const date2Entity: EntityRuntime<Date2, Date2Key, Date2Input> = {
  model: {
    name: 'Date',
    storedName: 'Date',
    accessor: 'date',
    key: { fields: ['id'], autoIncrement: false, generate: null },
    fields: [
      {
        name: 'id',
        storedName: 'id',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'constructor',
        storedName: 'constructor',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: true,
      },
      {
        name: '__proto__',
        storedName: '__proto__',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'a-b',
        storedName: 'a-b',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: "it's",
        storedName: "it's",
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'say "hi"',
        storedName: 'say "hi"',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: 'back\\slash`$',
        storedName: 'back\\slash`$',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'line\nbreak',
        storedName: 'line\nbreak',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: true,
      },
      {
        name: 'u\u2028\u2029',
        storedName: 'u\u2028\u2029',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: '*/',
        storedName: '*/',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: '\ud800',
        storedName: '\ud800',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: false,
      },
      {
        name: '',
        storedName: '',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: '1st',
        storedName: '1st',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'class',
        storedName: 'class',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: true,
      },
      {
        name: 'await',
        storedName: 'await',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'toString',
        storedName: 'toString',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: 'row',
        storedName: 'row',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'out',
        storedName: 'out',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: 'text',
        storedName: 'text',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'heap',
        storedName: 'heap',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: true,
      },
      {
        name: 'bytes',
        storedName: 'bytes',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'view',
        storedName: 'view',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: 'key',
        storedName: 'key',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'start',
        storedName: 'start',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: 'value',
        storedName: 'value',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'text0',
        storedName: 'text0',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: true,
      },
      {
        name: 'bits1',
        storedName: 'bits1',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'readStringArray',
        storedName: 'readStringArray',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: 'CHOICES',
        storedName: 'CHOICES',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'User',
        storedName: 'User',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: 'Date',
        storedName: 'Date',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'writeVarint',
        storedName: 'writeVarint',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: true,
      },
      {
        name: 'hasOwnProperty',
        storedName: 'hasOwnProperty',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'new',
        storedName: 'new',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'embedded',
          className: 'ByteWriter',
          fields: [
            {
              name: 'constructor',
              storedName: 'constructor',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: '__proto__',
              storedName: '__proto__',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'a-b',
              storedName: 'a-b',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: "it's",
              storedName: "it's",
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'say "hi"',
              storedName: 'say "hi"',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'back\\slash`$',
              storedName: 'back\\slash`$',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'line\nbreak',
              storedName: 'line\nbreak',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'u\u2028\u2029',
              storedName: 'u\u2028\u2029',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: '*/',
              storedName: '*/',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: '\ud800',
              storedName: '\ud800',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: '',
              storedName: '',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: '1st',
              storedName: '1st',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'class',
              storedName: 'class',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'await',
              storedName: 'await',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'toString',
              storedName: 'toString',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'row',
              storedName: 'row',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'out',
              storedName: 'out',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'text',
              storedName: 'text',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'heap',
              storedName: 'heap',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'bytes',
              storedName: 'bytes',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'view',
              storedName: 'view',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'key',
              storedName: 'key',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'start',
              storedName: 'start',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'value',
              storedName: 'value',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'text0',
              storedName: 'text0',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'bits1',
              storedName: 'bits1',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'readStringArray',
              storedName: 'readStringArray',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'CHOICES',
              storedName: 'CHOICES',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'User',
              storedName: 'User',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'Date',
              storedName: 'Date',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'writeVarint',
              storedName: 'writeVarint',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'hasOwnProperty',
              storedName: 'hasOwnProperty',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
          ],
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'enum',
        storedName: 'enum',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'enum',
          values: ["it's", 'say "hi"', 'u\u2028', '*/', '__proto__', '\ud800'],
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'literal',
        storedName: 'literal',
        default: { kind: 'literal', value: { ['__proto__']: { 'a-b': 1 }, '\u2028': '*/' } },
        encrypted: null,
        visibleTo: null,
        type: { kind: 'unknown' },
        nullable: false,
        optional: false,
      },
    ],
    indexes: [
      {
        name: "it's",
        fields: ['constructor'],
        unique: false,
        caseInsensitive: false,
        multiEntry: true,
      },
      {
        name: '__proto___a-b',
        fields: ['__proto__', 'a-b'],
        unique: false,
        caseInsensitive: false,
        multiEntry: false,
      },
    ],
  },
  fingerprint: '0123456789abcdef',
  row: { encode: encodeDate2, decode: decodeDate2 },
  key: keyCodec,
  indexes: indexCodecs,
  keyOf: (row) => row.id,
  create: createDate2,
  check: checkDate2,
};
