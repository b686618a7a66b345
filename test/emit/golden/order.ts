import {
  type ByteSpan,
  type ByteWriter,
  type EntityRuntime,
  HeapReader,
  type IndexCodec,
  KEY_END,
  type KeyCodec,
  NULL,
  PRESENT,
  type Problem,
  TAG_NULL,
  TAG_VALUE,
  TextWriter,
  copyRecord,
  damaged,
  elementPath,
  enumValue,
  isPlainObject,
  isStorable,
  latin1,
  noChoice,
  notStorable,
  outOfRange,
  readBigInt,
  readBytes,
  readKeyInt32,
  readKeyUint8,
  readStrings,
  readValue,
  reviveObject,
  reviveRecord,
  taggedText,
  writeBigInt,
  writeKeyBytes,
  writeKeyDate,
  writeKeyInt32,
  writeKeyString,
  writeKeyTag,
  writeKeyUint8,
  writeLength,
  writeMark,
  writeValue,
  writeWideTable,
  wrongType,
} from '../../../runtime/codec/index.js';
import { Order, Address, Line } from './models.js';

export interface OrderKey {
  readonly region: 'eu' | 'us';
  readonly number: number;
}

/** What stands for a Address in an input: the class itself or a plain object. */
interface AddressInput {
  readonly street: string;
  readonly city?: string | undefined;
  readonly latitude: number | null;
  readonly verified?: boolean | undefined;
  /** The time of the write, when left out. */
  readonly since?: Date | undefined;
}

/** What stands for a Line in an input: the class itself or a plain object. */
interface LineInput {
  readonly sku: string;
  readonly quantity: number;
  readonly prices: readonly number[];
  readonly gift?: boolean | undefined;
  readonly origin: AddressInput | null;
}

/** What put() and insert() accept: generated keys and fields with a default may be left out. */
export interface OrderInput {
  readonly region: 'eu' | 'us';
  readonly number: number;
  readonly customer: string;
  readonly billing: AddressInput;
  readonly shipping?: AddressInput | null | undefined;
  readonly lines: readonly LineInput[];
  readonly ratings?: readonly (number | null)[] | undefined;
  readonly matrix: readonly (readonly number[])[];
  readonly labels: { readonly [name: string]: string };
  readonly stops?: { readonly [name: string]: AddressInput | null } | undefined;
  readonly total?: bigint | undefined;
  readonly receipt: Uint8Array | null;
  readonly extra?: unknown;
  /** The time of the write, when left out. */
  readonly placedAt?: Date | undefined;
  readonly status?: 0 | 1 | 2 | undefined;
  readonly words?: readonly string[] | undefined;
  readonly home?: AddressInput | undefined;
}

const text = new TextWriter();

function choicePosition(value: unknown): number {
  switch (value) {
    case 0:
      return 0;
    case 1:
      return 1;
    case 2:
      return 2;
    default:
      return -1;
  }
}

function writeFloat64Array(values: readonly number[], out: ByteWriter): void {
  const count = values.length;
  writeLength(out, count);
  out.ensure(8 * count);
  const { view } = out;
  let at = out.at;
  for (let i = 0; i < count; i++) {
    view.setFloat64(at, values[i]!, true);
    at += 8;
  }
  out.at = at;
}

function writeLine(value: Line, out: ByteWriter): void {
  const start = out.at;
  out.ensure(19);
  out.at = start + 19;
  const { view } = out;
  let bits0 = 0;
  view.setUint16(start + 1, value.quantity, true);
  const gift = value.gift;
  if (gift) bits0 |= 2;
  if (gift === undefined) bits0 |= 1;
  const origin = value.origin;
  if (origin === null) bits0 |= 4;
  const latitude = origin?.latitude;
  view.setFloat64(start + 3, latitude ?? 0, true);
  if (latitude === null) bits0 |= 16;
  const verified = origin?.verified;
  if (verified) bits0 |= 32;
  const since = origin?.since;
  view.setFloat64(start + 11, since?.getTime() ?? 0, true);
  writeLength(out, text.add(value.sku));
  writeFloat64Array(value.prices, out);
  const street = origin?.street;
  if (street !== undefined) writeLength(out, text.add(street));
  const city = origin?.city;
  if (city === undefined) bits0 |= 8;
  else writeLength(out, text.add(city));
  out.bytes[start] = bits0;
}

function writeLineArray(values: readonly Line[], out: ByteWriter): void {
  const count = values.length;
  writeLength(out, count);
  for (let i = 0; i < count; i++) {
    writeLine(values[i]!, out);
  }
}

function writeNullableUint8Array(values: readonly (number | null)[], out: ByteWriter): void {
  const count = values.length;
  writeLength(out, count);
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (value === null) writeMark(out, NULL);
    else {
      writeMark(out, PRESENT);
      out.ensure(1);
      out.bytes[out.at] = value!;
      out.at += 1;
    }
  }
}

function writeFloat32Array(values: readonly number[], out: ByteWriter): void {
  const count = values.length;
  writeLength(out, count);
  out.ensure(4 * count);
  const { view } = out;
  let at = out.at;
  for (let i = 0; i < count; i++) {
    view.setFloat32(at, values[i]!, true);
    at += 4;
  }
  out.at = at;
}

function writeFloat32ArrayArray(values: readonly (readonly number[])[], out: ByteWriter): void {
  const count = values.length;
  writeLength(out, count);
  for (let i = 0; i < count; i++) {
    writeFloat32Array(values[i]!, out);
  }
}

function writeStringArray(values: readonly string[], out: ByteWriter): void {
  const count = values.length;
  writeLength(out, count);
  for (let i = 0; i < count; i++) {
    writeLength(out, text.add(values[i]!));
  }
}

function encodeOrder(row: Order, out: ByteWriter, layout = 1): void {
  const start = out.at;
  if (writeOrder(row, out, layout)) return;
  out.at = start;
  writeOrder(row, out, layout);
}

/** Appends the record; false when its text was taken for latin1 and is not, or the other way round. */
function writeOrder(row: Order, out: ByteWriter, layout: number): boolean {
  const start = out.at;
  out.ensure(95);
  out.at = start + 95;
  const { bytes, view } = out;
  let bits1 = text.mixed ? 2 : 0;
  let bits2 = 0;
  let bits3 = 0;
  bytes[start] = layout;
  const billing = row.billing;
  const latitude = billing.latitude;
  view.setFloat64(start + 4, latitude ?? 0, true);
  if (latitude === null) bits1 |= 8;
  if (billing.verified) bits1 |= 16;
  view.setFloat64(start + 12, billing.since.getTime(), true);
  const shipping = row.shipping;
  if (shipping === null) bits1 |= 32;
  else if (shipping === undefined) bits1 |= 96;
  const latitude2 = shipping?.latitude;
  view.setFloat64(start + 20, latitude2 ?? 0, true);
  if (latitude2 === null) bits2 |= 1;
  const verified = shipping?.verified;
  if (verified) bits2 |= 2;
  const since = shipping?.since;
  view.setFloat64(start + 28, since?.getTime() ?? 0, true);
  view.setFloat64(start + 36, row.placedAt.getTime(), true);
  bytes[start + 44] = choicePosition(row.status);
  const home = row.home;
  const latitude3 = home.latitude;
  view.setFloat64(start + 45, latitude3 ?? 0, true);
  if (latitude3 === null) bits2 |= 128;
  if (home.verified) bits3 |= 1;
  view.setFloat64(start + 53, home.since.getTime(), true);
  text.begin(null);
  text.add(row.customer);
  const text0 = text.size;
  text.add(billing.street);
  const text1 = text.size;
  const city = billing.city;
  if (city === undefined) bits1 |= 4;
  else text.add(city);
  const text2 = text.size;
  const street = shipping?.street;
  if (street !== undefined) text.add(street);
  const text3 = text.size;
  const city2 = shipping?.city;
  if (city2 === undefined) bits1 |= 128;
  else text.add(city2);
  const text4 = text.size;
  text.add(home.street);
  const text5 = text.size;
  const city3 = home.city;
  if (city3 === undefined) bits2 |= 64;
  else text.add(city3);
  const text6 = text.size;
  writeLineArray(row.lines, out);
  const data0 = out.at - start - 95;
  const text7 = text.size;
  const ratings = row.ratings;
  if (ratings === undefined) bits2 |= 4;
  else writeNullableUint8Array(ratings, out);
  const data1 = out.at - start - 95;
  writeFloat32ArrayArray(row.matrix, out);
  const data2 = out.at - start - 95;
  writeValue(out, row.labels);
  const data3 = out.at - start - 95;
  const stops = row.stops;
  if (stops === undefined) bits2 |= 8;
  else writeValue(out, stops);
  const data4 = out.at - start - 95;
  writeBigInt(out, row.total);
  const data5 = out.at - start - 95;
  const receipt = row.receipt;
  if (receipt === null) bits2 |= 16;
  else out.append(receipt);
  const data6 = out.at - start - 95;
  const extra = row.extra;
  if (extra === undefined) bits2 |= 32;
  else writeValue(out, extra);
  const data7 = out.at - start - 95;
  writeStringArray(row.words, out);
  const data8 = out.at - start - 95;
  if (!text.flush(out)) return false;
  if (out.at - start <= 65630) {
    out.view.setUint16(start + 61, data0, true);
    out.view.setUint16(start + 63, data1, true);
    out.view.setUint16(start + 65, data2, true);
    out.view.setUint16(start + 67, data3, true);
    out.view.setUint16(start + 69, data4, true);
    out.view.setUint16(start + 71, data5, true);
    out.view.setUint16(start + 73, data6, true);
    out.view.setUint16(start + 75, data7, true);
    out.view.setUint16(start + 77, data8, true);
    out.view.setUint16(start + 79, text0, true);
    out.view.setUint16(start + 81, text1, true);
    out.view.setUint16(start + 83, text2, true);
    out.view.setUint16(start + 85, text3, true);
    out.view.setUint16(start + 87, text4, true);
    out.view.setUint16(start + 89, text5, true);
    out.view.setUint16(start + 91, text6, true);
    out.view.setUint16(start + 93, text7, true);
  } else {
    writeWideTable(out, start + 61, [
      data0,
      data1,
      data2,
      data3,
      data4,
      data5,
      data6,
      data7,
      data8,
      text0,
      text1,
      text2,
      text3,
      text4,
      text5,
      text6,
      text7,
    ]);
    bits1 |= 1;
  }
  out.bytes[start + 1] = bits1;
  out.bytes[start + 2] = bits2;
  out.bytes[start + 3] = bits3;
  return true;
}

const heap = new HeapReader();

interface AddressFields {
  street: string;
  city: string | undefined;
  latitude: number | null;
  verified: boolean;
  since: Date;
}

/** Makes a Address without its constructor: all of them share one hidden class. */
function AddressRow(
  this: AddressFields,
  street: string,
  city: string | undefined,
  latitude: number | null,
  verified: boolean,
  since: Date,
): void {
  this.street = street;
  this.city = city;
  this.latitude = latitude;
  this.verified = verified;
  this.since = since;
}
AddressRow.prototype = Address.prototype;
const newAddress = AddressRow as unknown as new (...fields: Parameters<typeof AddressRow>) => Address;

function readFloat64Array(heap: HeapReader): number[] {
  const count = heap.count(8);
  const values = new Array<number>(count);
  const { view } = heap;
  let at = heap.take(8 * count);
  for (let i = 0; i < count; i++) {
    values[i] = view.getFloat64(at, true);
    at += 8;
  }
  return values;
}

interface LineFields {
  sku: string;
  quantity: number;
  prices: number[];
  gift: boolean | undefined;
  origin: Address | null;
}

/** Makes a Line without its constructor: all of them share one hidden class. */
function LineRow(
  this: LineFields,
  sku: string,
  quantity: number,
  prices: number[],
  gift: boolean | undefined,
  origin: Address | null,
): void {
  this.sku = sku;
  this.quantity = quantity;
  this.prices = prices;
  this.gift = gift;
  this.origin = origin;
}
LineRow.prototype = Line.prototype;
const newLine = LineRow as unknown as new (...fields: Parameters<typeof LineRow>) => Line;

function readLine(heap: HeapReader): Line {
  const { bytes, view } = heap;
  const start = heap.take(19);
  const bits0 = bytes[start]!;
  return new newLine(
    heap.string(),
    view.getUint16(start + 1, true),
    readFloat64Array(heap),
    (bits0 & 1) !== 0 ? undefined : (bits0 & 2) !== 0,
    (bits0 & 4) !== 0
      ? null
      : new newAddress(
        heap.string(),
        (bits0 & 8) !== 0 ? undefined : heap.string(),
        (bits0 & 16) !== 0 ? null : view.getFloat64(start + 3, true),
        (bits0 & 32) !== 0,
        new Date(view.getFloat64(start + 11, true)),
      ),
  );
}

function readLineArray(heap: HeapReader): Line[] {
  const count = heap.count(1);
  const values = new Array<Line>(count);
  for (let i = 0; i < count; i++) {
    values[i] = readLine(heap);
  }
  return values;
}

function readNullableUint8Array(heap: HeapReader): (number | null)[] {
  const count = heap.count(1);
  const values = new Array<number | null>(count);
  for (let i = 0; i < count; i++) {
    const mark = heap.mark();
    values[i] = mark === PRESENT ? heap.bytes[heap.take(1)]! : null;
  }
  return values;
}

function readFloat32Array(heap: HeapReader): number[] {
  const count = heap.count(4);
  const values = new Array<number>(count);
  const { view } = heap;
  let at = heap.take(4 * count);
  for (let i = 0; i < count; i++) {
    values[i] = view.getFloat32(at, true);
    at += 4;
  }
  return values;
}

function readFloat32ArrayArray(heap: HeapReader): number[][] {
  const count = heap.count(1);
  const values = new Array<number[]>(count);
  for (let i = 0; i < count; i++) {
    values[i] = readFloat32Array(heap);
  }
  return values;
}

function reviveAddress(value: unknown): Address {
  const object = reviveObject(value, 'Order');
  return new newAddress(
    object['street'] as string,
    object['city'] as string | undefined,
    object['latitude'] as number | null,
    object['verified'] as boolean,
    object['since'] as Date,
  );
}

const CHOICES = [0, 1, 2] as const;

interface OrderFields {
  region: 'eu' | 'us';
  number: number;
  customer: string;
  billing: Address;
  shipping: Address | null | undefined;
  lines: Line[];
  ratings: (number | null)[] | undefined;
  matrix: number[][];
  labels: { [name: string]: string };
  stops: { [name: string]: Address | null } | undefined;
  total: bigint;
  receipt: Uint8Array | null;
  extra: unknown;
  placedAt: Date;
  status: 0 | 1 | 2;
  words: string[];
  home: Address;
}

/** Makes a Order without its constructor: all of them share one hidden class. */
function OrderRow(
  this: OrderFields,
  region: 'eu' | 'us',
  number2: number,
  customer: string,
  billing: Address,
  shipping: Address | null | undefined,
  lines: Line[],
  ratings: (number | null)[] | undefined,
  matrix: number[][],
  labels: { [name: string]: string },
  stops: { [name: string]: Address | null } | undefined,
  total: bigint,
  receipt: Uint8Array | null,
  extra: unknown,
  placedAt: Date,
  status: 0 | 1 | 2,
  words: string[],
  home: Address,
): void {
  this.region = region;
  this.number = number2;
  this.customer = customer;
  this.billing = billing;
  this.shipping = shipping;
  this.lines = lines;
  this.ratings = ratings;
  this.matrix = matrix;
  this.labels = labels;
  this.stops = stops;
  this.total = total;
  this.receipt = receipt;
  this.extra = extra;
  this.placedAt = placedAt;
  this.status = status;
  this.words = words;
  this.home = home;
}
OrderRow.prototype = Order.prototype;
const newOrder = OrderRow as unknown as new (...fields: Parameters<typeof OrderRow>) => Order;

function decodeOrder(src: ByteSpan, key: OrderKey, layout = 1): Order {
  const { bytes, view, start, end } = src;
  if (end - start < 95 || bytes[start] !== layout) throw damaged('Order');
  const bits1 = bytes[start + 1]!;
  const bits2 = bytes[start + 2]!;
  const bits3 = bytes[start + 3]!;
  let heapStart = start + 95;
  let data0: number;
  let data1: number;
  let data2: number;
  let data3: number;
  let data4: number;
  let data5: number;
  let data6: number;
  let data7: number;
  let data8: number;
  let text0: number;
  let text1: number;
  let text2: number;
  let text3: number;
  let text4: number;
  let text5: number;
  let text6: number;
  let text7: number;
  if ((bits1 & 1) === 0) {
    data0 = view.getUint16(start + 61, true);
    data1 = view.getUint16(start + 63, true);
    data2 = view.getUint16(start + 65, true);
    data3 = view.getUint16(start + 67, true);
    data4 = view.getUint16(start + 69, true);
    data5 = view.getUint16(start + 71, true);
    data6 = view.getUint16(start + 73, true);
    data7 = view.getUint16(start + 75, true);
    data8 = view.getUint16(start + 77, true);
    text0 = view.getUint16(start + 79, true);
    text1 = view.getUint16(start + 81, true);
    text2 = view.getUint16(start + 83, true);
    text3 = view.getUint16(start + 85, true);
    text4 = view.getUint16(start + 87, true);
    text5 = view.getUint16(start + 89, true);
    text6 = view.getUint16(start + 91, true);
    text7 = view.getUint16(start + 93, true);
  } else {
    heapStart += 34;
    if (heapStart > end) throw damaged('Order');
    data0 = view.getUint32(start + 61, true);
    data1 = view.getUint32(start + 65, true);
    data2 = view.getUint32(start + 69, true);
    data3 = view.getUint32(start + 73, true);
    data4 = view.getUint32(start + 77, true);
    data5 = view.getUint32(start + 81, true);
    data6 = view.getUint32(start + 85, true);
    data7 = view.getUint32(start + 89, true);
    data8 = view.getUint32(start + 93, true);
    text0 = view.getUint32(start + 97, true);
    text1 = view.getUint32(start + 101, true);
    text2 = view.getUint32(start + 105, true);
    text3 = view.getUint32(start + 109, true);
    text4 = view.getUint32(start + 113, true);
    text5 = view.getUint32(start + 117, true);
    text6 = view.getUint32(start + 121, true);
    text7 = view.getUint32(start + 125, true);
  }
  const textStart = heapStart + data8;
  const text8 = end - textStart;
  if (
    data1 < data0 ||
    data2 < data1 ||
    data3 < data2 ||
    data4 < data3 ||
    data5 < data4 ||
    data6 < data5 ||
    data7 < data6 ||
    data8 < data7 ||
    text1 < text0 ||
    text2 < text1 ||
    text3 < text2 ||
    text4 < text3 ||
    text5 < text4 ||
    text6 < text5 ||
    text7 < text6 ||
    text8 < text7
  ) {
    throw damaged('Order');
  }
  const mixed = (bits1 & 2) !== 0;
  const text = mixed ? '' : latin1(bytes, textStart, end);
  heap.open(src, 'Order', mixed, text, textStart);
  return new newOrder(
    key.region,
    key.number,
    mixed ? taggedText(bytes, textStart, textStart + text0) : text.substring(0, text0),
    new newAddress(
      mixed
        ? taggedText(bytes, textStart + text0, textStart + text1)
        : text.substring(text0, text1),
      (bits1 & 4) !== 0
        ? undefined
        : mixed
          ? taggedText(bytes, textStart + text1, textStart + text2)
          : text.substring(text1, text2),
      (bits1 & 8) !== 0 ? null : view.getFloat64(start + 4, true),
      (bits1 & 16) !== 0,
      new Date(view.getFloat64(start + 12, true)),
    ),
    (bits1 & 32) !== 0
      ? ((bits1 & 64) !== 0 ? undefined : null)
      : new newAddress(
        mixed
          ? taggedText(bytes, textStart + text2, textStart + text3)
          : text.substring(text2, text3),
        (bits1 & 128) !== 0
          ? undefined
          : mixed
            ? taggedText(bytes, textStart + text3, textStart + text4)
            : text.substring(text3, text4),
        (bits2 & 1) !== 0 ? null : view.getFloat64(start + 20, true),
        (bits2 & 2) !== 0,
        new Date(view.getFloat64(start + 28, true)),
      ),
    readLineArray(heap.slot(heapStart, heapStart + data0, text6, text7)),
    (bits2 & 4) !== 0
      ? undefined
      : readNullableUint8Array(heap.slot(heapStart + data0, heapStart + data1, 0, 0)),
    readFloat32ArrayArray(heap.slot(heapStart + data1, heapStart + data2, 0, 0)),
    readValue(bytes, heapStart + data2, heapStart + data3, 'Order') as { [name: string]: string },
    (bits2 & 8) !== 0
      ? undefined
      : reviveRecord<Address | null>(
        readValue(bytes, heapStart + data3, heapStart + data4, 'Order'),
        'Order',
        (entry) => entry === null ? (entry as null) : reviveAddress(entry),
      ),
    readBigInt(view, heapStart + data4, heapStart + data5, 'Order'),
    (bits2 & 16) !== 0 ? null : readBytes(bytes, heapStart + data5, heapStart + data6),
    (bits2 & 32) !== 0
      ? undefined
      : readValue(bytes, heapStart + data6, heapStart + data7, 'Order'),
    new Date(view.getFloat64(start + 36, true)),
    enumValue(CHOICES, bytes[start + 44]!, 'Order'),
    readStrings(bytes, heapStart + data7, heapStart + data8, text, text7, text8, mixed, textStart, 'Order'),
    new newAddress(
      mixed
        ? taggedText(bytes, textStart + text4, textStart + text5)
        : text.substring(text4, text5),
      (bits2 & 64) !== 0
        ? undefined
        : mixed
          ? taggedText(bytes, textStart + text5, textStart + text6)
          : text.substring(text5, text6),
      (bits2 & 128) !== 0 ? null : view.getFloat64(start + 45, true),
      (bits3 & 1) !== 0,
      new Date(view.getFloat64(start + 53, true)),
    ),
  );
}

function choicePosition2(value: unknown): number {
  switch (value) {
    case 'eu':
      return 0;
    case 'us':
      return 1;
    default:
      return -1;
  }
}

const CHOICES2 = ['eu', 'us'] as const;

const keyCodec: KeyCodec<OrderKey> = {
  size: 5,
  write(key: OrderKey, out: ByteWriter): void {
    writeKeyUint8(out, choicePosition2(key.region));
    writeKeyInt32(out, key.number);
  },
  read(bytes: Uint8Array, start: number, end: number): OrderKey {
    const region = enumValue(CHOICES2, readKeyUint8(bytes, start, end), 'Order');
    const number2 = readKeyInt32(bytes, KEY_END, end);
    return { region, number: number2 };
  },
  writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
    switch (position) {
      case 0:
        if (choicePosition2(value) < 0) return false;
        writeKeyUint8(out, choicePosition2(value));
        return true;
      case 1:
        if (typeof value !== 'number' || (value | 0) !== value) return false;
        writeKeyInt32(out, value);
        return true;
      default:
        return false;
    }
  },
};

const indexCodecs: readonly IndexCodec<Order>[] = [
  {
    name: 'customer_placedAt_ci',
    unique: false,
    size: null,
    write(row: Order, out: ByteWriter, ends: number[]): boolean {
      writeKeyString(out, row.customer.toLowerCase());
      writeKeyDate(out, row.placedAt);
      ends.push(out.at);
      return true;
    },
    writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
      switch (position) {
        case 0:
          if (typeof value !== 'string') return false;
          writeKeyString(out, value.toLowerCase());
          return true;
        case 1:
          if (!(value instanceof Date)) return false;
          writeKeyDate(out, value);
          return true;
        default:
          return false;
      }
    },
  },
  {
    name: 'ratings',
    unique: false,
    size: null,
    write(row: Order, out: ByteWriter, ends: number[]): boolean {
      const ratings = row.ratings;
      if (ratings === undefined) return true;
      let complete = true;
      for (const element2 of new Set(ratings)) {
        if (element2 === null) {
          writeKeyTag(out, TAG_NULL);
          complete = false;
        } else {
          writeKeyTag(out, TAG_VALUE);
          writeKeyUint8(out, element2);
        }
        ends.push(out.at);
      }
      return complete;
    },
    writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
      switch (position) {
        case 0:
          if (value === null) {
            writeKeyTag(out, TAG_NULL);
            return true;
          }
          if (typeof value !== 'number' || (value & 0xff) !== value) return false;
          writeKeyTag(out, TAG_VALUE);
          writeKeyUint8(out, value);
          return true;
        default:
          return false;
      }
    },
  },
  {
    name: 'receipt',
    unique: true,
    size: null,
    write(row: Order, out: ByteWriter, ends: number[]): boolean {
      let complete = true;
      const receipt = row.receipt;
      if (receipt === null) {
        writeKeyTag(out, TAG_NULL);
        complete = false;
      } else {
        writeKeyTag(out, TAG_VALUE);
        writeKeyBytes(out, receipt);
      }
      ends.push(out.at);
      return complete;
    },
    writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
      switch (position) {
        case 0:
          if (value === null) {
            writeKeyTag(out, TAG_NULL);
            return true;
          }
          if (!(value instanceof Uint8Array)) return false;
          writeKeyTag(out, TAG_VALUE);
          writeKeyBytes(out, value);
          return true;
        default:
          return false;
      }
    },
  },
  {
    name: 'status',
    unique: false,
    size: 1,
    write(row: Order, out: ByteWriter, ends: number[]): boolean {
      writeKeyUint8(out, choicePosition(row.status));
      ends.push(out.at);
      return true;
    },
    writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
      switch (position) {
        case 0:
          if (choicePosition(value) < 0) return false;
          writeKeyUint8(out, choicePosition(value));
          return true;
        default:
          return false;
      }
    },
  },
];

function checkAddress(input: AddressInput): Problem | null {
  if (typeof input !== 'object' || input === null) return wrongType('', 'an object with the fields of Address', input);
  const street = input.street;
  if (typeof street !== 'string') return wrongType('.street', 'a string', street);
  const city = input.city;
  if (city !== undefined && typeof city !== 'string') return wrongType('.city', 'a string', city);
  const latitude = input.latitude;
  if (latitude !== null && typeof latitude !== 'number') return wrongType('.latitude', 'a number', latitude);
  const verified = input.verified;
  if (verified !== undefined && typeof verified !== 'boolean') return wrongType('.verified', 'a boolean', verified);
  const since = input.since;
  if (since !== undefined && !(since instanceof Date)) return wrongType('.since', 'a Date', since);
  return null;
}

function checkFloat64Array(value: readonly number[]): Problem | null {
  if (!Array.isArray(value)) return wrongType('', 'an array', value);
  for (let i = 0; i < value.length; i++) {
    const element: number = value[i];
    if (typeof element !== 'number') return wrongType(elementPath('', i), 'a number', element);
  }
  return null;
}

function checkLine(input: LineInput): Problem | null {
  if (typeof input !== 'object' || input === null) return wrongType('', 'an object with the fields of Line', input);
  const sku = input.sku;
  if (typeof sku !== 'string') return wrongType('.sku', 'a string', sku);
  const quantity = input.quantity;
  if (typeof quantity !== 'number' || (quantity & 0xffff) !== quantity) {
    return outOfRange('.quantity', 'an integer from 0 to 65535', quantity);
  }
  const prices = input.prices;
  const pricesProblem = checkFloat64Array(prices);
  if (pricesProblem !== null) return pricesProblem.inside('.prices');
  const gift = input.gift;
  if (gift !== undefined && typeof gift !== 'boolean') return wrongType('.gift', 'a boolean', gift);
  const origin = input.origin;
  if (origin !== null) {
    const problem = checkAddress(origin);
    if (problem !== null) return problem.inside('.origin');
  }
  return null;
}

function checkLineArray(value: readonly LineInput[]): Problem | null {
  if (!Array.isArray(value)) return wrongType('', 'an array', value);
  for (let i = 0; i < value.length; i++) {
    const element: LineInput = value[i];
    const problem = checkLine(element);
    if (problem !== null) return problem.inside(elementPath('', i));
  }
  return null;
}

function checkNullableUint8Array(value: readonly (number | null)[]): Problem | null {
  if (!Array.isArray(value)) return wrongType('', 'an array', value);
  for (let i = 0; i < value.length; i++) {
    const element: number | null = value[i];
    if (element !== null && (typeof element !== 'number' || (element & 0xff) !== element)) {
      return outOfRange(elementPath('', i), 'an integer from 0 to 255', element);
    }
  }
  return null;
}

function checkFloat32Array(value: readonly number[]): Problem | null {
  if (!Array.isArray(value)) return wrongType('', 'an array', value);
  for (let i = 0; i < value.length; i++) {
    const element: number = value[i];
    if (typeof element !== 'number' || (Number.isFinite(element) && !Number.isFinite(Math.fround(element)))) {
      return outOfRange(elementPath('', i), 'a number within the range of Float32', element);
    }
  }
  return null;
}

function checkFloat32ArrayArray(value: readonly (readonly number[])[]): Problem | null {
  if (!Array.isArray(value)) return wrongType('', 'an array', value);
  for (let i = 0; i < value.length; i++) {
    const element: readonly number[] = value[i];
    const problem = checkFloat32Array(element);
    if (problem !== null) return problem.inside(elementPath('', i));
  }
  return null;
}

function checkStringRecord(value: { readonly [name: string]: string }): Problem | null {
  if (!isPlainObject(value)) return wrongType('', 'a plain object', value);
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string') return wrongType(elementPath('', key), 'a string', entry);
  }
  return null;
}

function checkAddressRecord(value: { readonly [name: string]: AddressInput | null }): Problem | null {
  if (!isPlainObject(value)) return wrongType('', 'a plain object', value);
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== null) {
      const problem = checkAddress(entry);
      if (problem !== null) return problem.inside(elementPath('', key));
    }
  }
  return null;
}

function checkStringArray(value: readonly string[]): Problem | null {
  if (!Array.isArray(value)) return wrongType('', 'an array', value);
  for (let i = 0; i < value.length; i++) {
    const element: string = value[i];
    if (typeof element !== 'string') return wrongType(elementPath('', i), 'a string', element);
  }
  return null;
}

/** The first field that does not fit, or null. */
function checkOrder(input: OrderInput): Problem | null {
  if (typeof input !== 'object' || input === null) return wrongType('Order', 'an object', input);
  const region = input.region;
  if (choicePosition2(region) < 0) return noChoice('Order.region', "'eu' or 'us'", region);
  const number2 = input.number;
  if (typeof number2 !== 'number' || (number2 | 0) !== number2) {
    return outOfRange('Order.number', 'an integer from -2147483648 to 2147483647', number2);
  }
  const customer = input.customer;
  if (typeof customer !== 'string') return wrongType('Order.customer', 'a string', customer);
  const billing = input.billing;
  const billingProblem = checkAddress(billing);
  if (billingProblem !== null) return billingProblem.inside('Order.billing');
  const shipping = input.shipping;
  if (shipping !== null && shipping !== undefined) {
    const problem = checkAddress(shipping);
    if (problem !== null) return problem.inside('Order.shipping');
  }
  const lines = input.lines;
  const linesProblem = checkLineArray(lines);
  if (linesProblem !== null) return linesProblem.inside('Order.lines');
  const ratings = input.ratings;
  if (ratings !== undefined) {
    const problem = checkNullableUint8Array(ratings);
    if (problem !== null) return problem.inside('Order.ratings');
  }
  const matrix = input.matrix;
  const matrixProblem = checkFloat32ArrayArray(matrix);
  if (matrixProblem !== null) return matrixProblem.inside('Order.matrix');
  const labels = input.labels;
  const labelsProblem = checkStringRecord(labels);
  if (labelsProblem !== null) return labelsProblem.inside('Order.labels');
  const stops = input.stops;
  if (stops !== undefined) {
    const problem = checkAddressRecord(stops);
    if (problem !== null) return problem.inside('Order.stops');
  }
  const total = input.total;
  if (total !== undefined && typeof total !== 'bigint') return wrongType('Order.total', 'a bigint', total);
  const receipt = input.receipt;
  if (receipt !== null && !(receipt instanceof Uint8Array)) return wrongType('Order.receipt', 'a Uint8Array', receipt);
  const extra = input.extra;
  if (extra !== undefined && !isStorable(extra)) return notStorable('Order.extra', extra);
  const placedAt = input.placedAt;
  if (placedAt !== undefined && !(placedAt instanceof Date)) return wrongType('Order.placedAt', 'a Date', placedAt);
  const status = input.status;
  if (status !== undefined && choicePosition(status) < 0) return noChoice('Order.status', '0, 1 or 2', status);
  const words = input.words;
  if (words !== undefined) {
    const problem = checkStringArray(words);
    if (problem !== null) return problem.inside('Order.words');
  }
  const home = input.home;
  if (home !== undefined) {
    const problem = checkAddress(home);
    if (problem !== null) return problem.inside('Order.home');
  }
  return null;
}

function buildAddress(input: AddressInput, now: number): Address {
  return new newAddress(input.street, input.city, input.latitude, input.verified ?? false, input.since ?? new Date(now));
}

function buildLine(input: LineInput, now: number): Line {
  return new newLine(
    input.sku,
    input.quantity + 0,
    input.prices.slice(),
    input.gift,
    input.origin === null ? input.origin : buildAddress(input.origin, now),
  );
}

function createOrder(input: OrderInput, now: number, _generated?: OrderKey): Order {
  const problem = checkOrder(input);
  if (problem !== null) throw problem.toError();
  return new newOrder(
    input.region,
    input.number + 0,
    input.customer,
    buildAddress(input.billing, now),
    input.shipping === null || input.shipping === undefined ? input.shipping : buildAddress(input.shipping, now),
    input.lines.map((element) => buildLine(element, now)),
    input.ratings === undefined ? input.ratings : input.ratings.map((element) => element === null ? element : element + 0),
    input.matrix.map((element) => element.map((element) => Math.fround(element))),
    copyRecord(input.labels, (entry) => entry),
    input.stops === undefined ? input.stops : copyRecord(
      input.stops,
      (entry) => entry === null ? entry : buildAddress(entry, now),
    ),
    input.total ?? -12n,
    input.receipt,
    input.extra,
    input.placedAt ?? new Date(now),
    input.status ?? 0,
    input.words === undefined ? ['a', "it's"] : input.words.slice(),
    input.home === undefined ? buildAddress({ street: 'Main', latitude: null }, now) : buildAddress(input.home, now),
  );
}

/** All that the database needs to know of Order. */
export const orderEntity: EntityRuntime<Order, OrderKey, OrderInput> = {
  model: {
    name: 'Order',
    storedName: 'Order',
    accessor: 'order',
    key: { fields: ['region', 'number'], autoIncrement: false, generate: null },
    fields: [
      {
        name: 'region',
        storedName: 'region',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'enum', values: ['eu', 'us'] },
        nullable: false,
        optional: false,
      },
      {
        name: 'number',
        storedName: 'number',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'int32' },
        nullable: false,
        optional: false,
      },
      {
        name: 'customer',
        storedName: 'customer',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'billing',
        storedName: 'billing',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'embedded',
          className: 'Address',
          fields: [
            {
              name: 'street',
              storedName: 'street',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'city',
              storedName: 'city',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: true,
            },
            {
              name: 'latitude',
              storedName: 'latitude',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'float64' },
              nullable: true,
              optional: false,
            },
            {
              name: 'verified',
              storedName: 'verified',
              default: { kind: 'literal', value: false },
              encrypted: null,
              visibleTo: null,
              type: { kind: 'boolean' },
              nullable: false,
              optional: false,
            },
            {
              name: 'since',
              storedName: 'since',
              default: { kind: 'now' },
              encrypted: null,
              visibleTo: null,
              type: { kind: 'date' },
              nullable: false,
              optional: false,
            },
          ],
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'shipping',
        storedName: 'shipping',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'embedded',
          className: 'Address',
          fields: [
            {
              name: 'street',
              storedName: 'street',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'city',
              storedName: 'city',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: true,
            },
            {
              name: 'latitude',
              storedName: 'latitude',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'float64' },
              nullable: true,
              optional: false,
            },
            {
              name: 'verified',
              storedName: 'verified',
              default: { kind: 'literal', value: false },
              encrypted: null,
              visibleTo: null,
              type: { kind: 'boolean' },
              nullable: false,
              optional: false,
            },
            {
              name: 'since',
              storedName: 'since',
              default: { kind: 'now' },
              encrypted: null,
              visibleTo: null,
              type: { kind: 'date' },
              nullable: false,
              optional: false,
            },
          ],
        },
        nullable: true,
        optional: true,
      },
      {
        name: 'lines',
        storedName: 'lines',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: {
            type: {
              kind: 'embedded',
              className: 'Line',
              fields: [
                {
                  name: 'sku',
                  storedName: 'sku',
                  default: null,
                  encrypted: null,
                  visibleTo: null,
                  type: { kind: 'string' },
                  nullable: false,
                  optional: false,
                },
                {
                  name: 'quantity',
                  storedName: 'quantity',
                  default: null,
                  encrypted: null,
                  visibleTo: null,
                  type: { kind: 'uint16' },
                  nullable: false,
                  optional: false,
                },
                {
                  name: 'prices',
                  storedName: 'prices',
                  default: null,
                  encrypted: null,
                  visibleTo: null,
                  type: {
                    kind: 'array',
                    element: {
                      type: { kind: 'float64' },
                      nullable: false,
                      optional: false,
                    },
                  },
                  nullable: false,
                  optional: false,
                },
                {
                  name: 'gift',
                  storedName: 'gift',
                  default: null,
                  encrypted: null,
                  visibleTo: null,
                  type: { kind: 'boolean' },
                  nullable: false,
                  optional: true,
                },
                {
                  name: 'origin',
                  storedName: 'origin',
                  default: null,
                  encrypted: null,
                  visibleTo: null,
                  type: {
                    kind: 'embedded',
                    className: 'Address',
                    fields: [
                      {
                        name: 'street',
                        storedName: 'street',
                        default: null,
                        encrypted: null,
                        visibleTo: null,
                        type: { kind: 'string' },
                        nullable: false,
                        optional: false,
                      },
                      {
                        name: 'city',
                        storedName: 'city',
                        default: null,
                        encrypted: null,
                        visibleTo: null,
                        type: { kind: 'string' },
                        nullable: false,
                        optional: true,
                      },
                      {
                        name: 'latitude',
                        storedName: 'latitude',
                        default: null,
                        encrypted: null,
                        visibleTo: null,
                        type: { kind: 'float64' },
                        nullable: true,
                        optional: false,
                      },
                      {
                        name: 'verified',
                        storedName: 'verified',
                        default: {
                          kind: 'literal',
                          value: false,
                        },
                        encrypted: null,
                        visibleTo: null,
                        type: { kind: 'boolean' },
                        nullable: false,
                        optional: false,
                      },
                      {
                        name: 'since',
                        storedName: 'since',
                        default: { kind: 'now' },
                        encrypted: null,
                        visibleTo: null,
                        type: { kind: 'date' },
                        nullable: false,
                        optional: false,
                      },
                    ],
                  },
                  nullable: true,
                  optional: false,
                },
              ],
            },
            nullable: false,
            optional: false,
          },
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'ratings',
        storedName: 'ratings',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: { type: { kind: 'uint8' }, nullable: true, optional: false },
        },
        nullable: false,
        optional: true,
      },
      {
        name: 'matrix',
        storedName: 'matrix',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'array',
          element: {
            type: {
              kind: 'array',
              element: {
                type: { kind: 'float32' },
                nullable: false,
                optional: false,
              },
            },
            nullable: false,
            optional: false,
          },
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'labels',
        storedName: 'labels',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'record',
          value: { type: { kind: 'string' }, nullable: false, optional: false },
        },
        nullable: false,
        optional: false,
      },
      {
        name: 'stops',
        storedName: 'stops',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'record',
          value: {
            type: {
              kind: 'embedded',
              className: 'Address',
              fields: [
                {
                  name: 'street',
                  storedName: 'street',
                  default: null,
                  encrypted: null,
                  visibleTo: null,
                  type: { kind: 'string' },
                  nullable: false,
                  optional: false,
                },
                {
                  name: 'city',
                  storedName: 'city',
                  default: null,
                  encrypted: null,
                  visibleTo: null,
                  type: { kind: 'string' },
                  nullable: false,
                  optional: true,
                },
                {
                  name: 'latitude',
                  storedName: 'latitude',
                  default: null,
                  encrypted: null,
                  visibleTo: null,
                  type: { kind: 'float64' },
                  nullable: true,
                  optional: false,
                },
                {
                  name: 'verified',
                  storedName: 'verified',
                  default: { kind: 'literal', value: false },
                  encrypted: null,
                  visibleTo: null,
                  type: { kind: 'boolean' },
                  nullable: false,
                  optional: false,
                },
                {
                  name: 'since',
                  storedName: 'since',
                  default: { kind: 'now' },
                  encrypted: null,
                  visibleTo: null,
                  type: { kind: 'date' },
                  nullable: false,
                  optional: false,
                },
              ],
            },
            nullable: true,
            optional: false,
          },
        },
        nullable: false,
        optional: true,
      },
      {
        name: 'total',
        storedName: 'total',
        default: { kind: 'bigint', value: '-12' },
        encrypted: null,
        visibleTo: null,
        type: { kind: 'bigint' },
        nullable: false,
        optional: false,
      },
      {
        name: 'receipt',
        storedName: 'receipt',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'bytes' },
        nullable: true,
        optional: false,
      },
      {
        name: 'extra',
        storedName: 'extra',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'unknown' },
        nullable: false,
        optional: true,
      },
      {
        name: 'placedAt',
        storedName: 'placedAt',
        default: { kind: 'now' },
        encrypted: null,
        visibleTo: null,
        type: { kind: 'date' },
        nullable: false,
        optional: false,
      },
      {
        name: 'status',
        storedName: 'status',
        default: { kind: 'literal', value: 0 },
        encrypted: null,
        visibleTo: null,
        type: { kind: 'enum', values: [0, 1, 2] },
        nullable: false,
        optional: false,
      },
      {
        name: 'words',
        storedName: 'words',
        default: { kind: 'literal', value: ['a', "it's"] },
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
        name: 'home',
        storedName: 'home',
        default: { kind: 'literal', value: { street: 'Main', latitude: null } },
        encrypted: null,
        visibleTo: null,
        type: {
          kind: 'embedded',
          className: 'Address',
          fields: [
            {
              name: 'street',
              storedName: 'street',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: false,
            },
            {
              name: 'city',
              storedName: 'city',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'string' },
              nullable: false,
              optional: true,
            },
            {
              name: 'latitude',
              storedName: 'latitude',
              default: null,
              encrypted: null,
              visibleTo: null,
              type: { kind: 'float64' },
              nullable: true,
              optional: false,
            },
            {
              name: 'verified',
              storedName: 'verified',
              default: { kind: 'literal', value: false },
              encrypted: null,
              visibleTo: null,
              type: { kind: 'boolean' },
              nullable: false,
              optional: false,
            },
            {
              name: 'since',
              storedName: 'since',
              default: { kind: 'now' },
              encrypted: null,
              visibleTo: null,
              type: { kind: 'date' },
              nullable: false,
              optional: false,
            },
          ],
        },
        nullable: false,
        optional: false,
      },
    ],
    indexes: [
      {
        name: 'customer_placedAt_ci',
        fields: ['customer', 'placedAt'],
        unique: false,
        caseInsensitive: true,
        multiEntry: false,
      },
      {
        name: 'ratings',
        fields: ['ratings'],
        unique: false,
        caseInsensitive: false,
        multiEntry: true,
      },
      {
        name: 'receipt',
        fields: ['receipt'],
        unique: true,
        caseInsensitive: false,
        multiEntry: false,
      },
      {
        name: 'status',
        fields: ['status'],
        unique: false,
        caseInsensitive: false,
        multiEntry: false,
      },
    ],
  },
  fingerprint: '0123456789abcdef',
  row: { encode: encodeOrder, decode: decodeOrder },
  key: keyCodec,
  indexes: indexCodecs,
  keyOf: (row) => ({ region: row.region, number: row.number }),
  create: createOrder,
  check: checkOrder,
};
