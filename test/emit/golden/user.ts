import {
  type ByteSpan,
  type ByteWriter,
  type EntityRuntime,
  type IndexCodec,
  type KeyCodec,
  type Problem,
  TAG_NULL,
  TAG_UNDEFINED,
  TAG_VALUE,
  TextWriter,
  damaged,
  elementPath,
  enumValue,
  latin1,
  noChoice,
  readKeyFloat64,
  readStrings,
  taggedText,
  writeKeyDate,
  writeKeyFloat64,
  writeKeyString,
  writeKeyTag,
  writeLength,
  writeWideTable,
  wrongType,
} from '../../../runtime/codec/index.js';
import { User } from './models.js';

export type UserKey = number;

/** What put() and insert() accept: generated keys and fields with a default may be left out. */
export interface UserInput {
  readonly id?: number | undefined;
  readonly email: string;
  readonly name?: string | undefined;
  readonly lastLogin: Date;
  readonly isActive: boolean;
  readonly score: number;
  readonly tags: readonly string[];
  readonly role?: 'admin' | 'guest' | undefined;
  readonly notes?: string | null | undefined;
}

const text = new TextWriter();

function choicePosition(value: unknown): number {
  switch (value) {
    case 'admin':
      return 0;
    case 'guest':
      return 1;
    default:
      return -1;
  }
}

function writeStringArray(values: readonly string[], out: ByteWriter): void {
  const count = values.length;
  writeLength(out, count);
  for (let i = 0; i < count; i++) {
    writeLength(out, text.add(values[i]!));
  }
}

function encodeUser(row: User, out: ByteWriter, layout = 1): void {
  const start = out.at;
  if (writeUser(row, out, layout)) return;
  out.at = start;
  writeUser(row, out, layout);
}

/** Appends the record; false when its text was taken for latin1 and is not, or the other way round. */
function writeUser(row: User, out: ByteWriter, layout: number): boolean {
  const start = out.at;
  out.ensure(27);
  out.at = start + 27;
  const { bytes, view } = out;
  let bits1 = text.mixed ? 2 : 0;
  bytes[start] = layout;
  view.setFloat64(start + 2, row.lastLogin.getTime(), true);
  if (row.isActive) bits1 |= 8;
  view.setFloat64(start + 10, row.score, true);
  bytes[start + 18] = choicePosition(row.role);
  text.begin(null);
  text.add(row.email);
  const text0 = text.size;
  const name = row.name;
  if (name === undefined) bits1 |= 4;
  else text.add(name);
  const text1 = text.size;
  const notes = row.notes;
  if (notes === null) bits1 |= 16;
  else if (notes === undefined) bits1 |= 48;
  else text.add(notes);
  const text2 = text.size;
  writeStringArray(row.tags, out);
  const data0 = out.at - start - 27;
  if (!text.flush(out)) return false;
  if (out.at - start <= 65562) {
    out.view.setUint16(start + 19, data0, true);
    out.view.setUint16(start + 21, text0, true);
    out.view.setUint16(start + 23, text1, true);
    out.view.setUint16(start + 25, text2, true);
  } else {
    writeWideTable(out, start + 19, [data0, text0, text1, text2]);
    bits1 |= 1;
  }
  out.bytes[start + 1] = bits1;
  return true;
}

const CHOICES = ['admin', 'guest'] as const;

interface UserFields {
  id: number;
  email: string;
  name: string | undefined;
  lastLogin: Date;
  isActive: boolean;
  score: number;
  tags: string[];
  role: 'admin' | 'guest';
  notes: string | null | undefined;
}

/** Makes a User without its constructor: all of them share one hidden class. */
function UserRow(
  this: UserFields,
  id: number,
  email: string,
  name: string | undefined,
  lastLogin: Date,
  isActive: boolean,
  score: number,
  tags: string[],
  role: 'admin' | 'guest',
  notes: string | null | undefined,
): void {
  this.id = id;
  this.email = email;
  this.name = name;
  this.lastLogin = lastLogin;
  this.isActive = isActive;
  this.score = score;
  this.tags = tags;
  this.role = role;
  this.notes = notes;
}
UserRow.prototype = User.prototype;
const newUser = UserRow as unknown as new (...fields: Parameters<typeof UserRow>) => User;

function decodeUser(src: ByteSpan, key: UserKey, layout = 1): User {
  const { bytes, view, start, end } = src;
  if (end - start < 27 || bytes[start] !== layout) throw damaged('User');
  const bits1 = bytes[start + 1]!;
  let heapStart = start + 27;
  let data0: number;
  let text0: number;
  let text1: number;
  let text2: number;
  if ((bits1 & 1) === 0) {
    data0 = view.getUint16(start + 19, true);
    text0 = view.getUint16(start + 21, true);
    text1 = view.getUint16(start + 23, true);
    text2 = view.getUint16(start + 25, true);
  } else {
    heapStart += 8;
    if (heapStart > end) throw damaged('User');
    data0 = view.getUint32(start + 19, true);
    text0 = view.getUint32(start + 23, true);
    text1 = view.getUint32(start + 27, true);
    text2 = view.getUint32(start + 31, true);
  }
  const textStart = heapStart + data0;
  const text3 = end - textStart;
  if (text1 < text0 || text2 < text1 || text3 < text2) throw damaged('User');
  const mixed = (bits1 & 2) !== 0;
  const text = mixed ? '' : latin1(bytes, textStart, end);
  return new newUser(
    key,
    mixed ? taggedText(bytes, textStart, textStart + text0) : text.substring(0, text0),
    (bits1 & 4) !== 0
      ? undefined
      : mixed
        ? taggedText(bytes, textStart + text0, textStart + text1)
        : text.substring(text0, text1),
    new Date(view.getFloat64(start + 2, true)),
    (bits1 & 8) !== 0,
    view.getFloat64(start + 10, true),
    readStrings(bytes, heapStart, heapStart + data0, text, text2, text3, mixed, textStart, 'User'),
    enumValue(CHOICES, bytes[start + 18]!, 'User'),
    (bits1 & 16) !== 0
      ? ((bits1 & 32) !== 0 ? undefined : null)
      : mixed
        ? taggedText(bytes, textStart + text1, textStart + text2)
        : text.substring(text1, text2),
  );
}

const keyCodec: KeyCodec<UserKey> = {
  size: 8,
  write(key: UserKey, out: ByteWriter): void {
    writeKeyFloat64(out, key);
  },
  read(bytes: Uint8Array, start: number, end: number): UserKey {
    return readKeyFloat64(bytes, start, end);
  },
  writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
    switch (position) {
      case 0:
        if (typeof value !== 'number') return false;
        writeKeyFloat64(out, value);
        return true;
      default:
        return false;
    }
  },
};

const indexCodecs: readonly IndexCodec<User>[] = [
  {
    name: 'email_ci',
    unique: true,
    size: null,
    write(row: User, out: ByteWriter, ends: number[]): boolean {
      writeKeyString(out, row.email.toLowerCase());
      ends.push(out.at);
      return true;
    },
    writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
      switch (position) {
        case 0:
          if (typeof value !== 'string') return false;
          writeKeyString(out, value.toLowerCase());
          return true;
        default:
          return false;
      }
    },
  },
  {
    name: 'lastLogin',
    unique: false,
    size: 8,
    write(row: User, out: ByteWriter, ends: number[]): boolean {
      writeKeyDate(out, row.lastLogin);
      ends.push(out.at);
      return true;
    },
    writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
      switch (position) {
        case 0:
          if (!(value instanceof Date)) return false;
          writeKeyDate(out, value);
          return true;
        default:
          return false;
      }
    },
  },
  {
    name: 'notes_score',
    unique: false,
    size: null,
    write(row: User, out: ByteWriter, ends: number[]): boolean {
      let complete = true;
      const notes = row.notes;
      if (notes === null) {
        writeKeyTag(out, TAG_NULL);
        complete = false;
      } else if (notes === undefined) {
        writeKeyTag(out, TAG_UNDEFINED);
        complete = false;
      } else {
        writeKeyTag(out, TAG_VALUE);
        writeKeyString(out, notes);
      }
      writeKeyFloat64(out, row.score);
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
          if (value === undefined) {
            writeKeyTag(out, TAG_UNDEFINED);
            return true;
          }
          if (typeof value !== 'string') return false;
          writeKeyTag(out, TAG_VALUE);
          writeKeyString(out, value);
          return true;
        case 1:
          if (typeof value !== 'number') return false;
          writeKeyFloat64(out, value);
          return true;
        default:
          return false;
      }
    },
  },
  {
    name: 'tags',
    unique: false,
    size: null,
    write(row: User, out: ByteWriter, ends: number[]): boolean {
      const tags = row.tags;
      for (const element2 of new Set(tags)) {
        writeKeyString(out, element2);
        ends.push(out.at);
      }
      return true;
    },
    writeColumn(position: number, value: unknown, out: ByteWriter): boolean {
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
];

function checkStringArray(value: readonly string[]): Problem | null {
  if (!Array.isArray(value)) return wrongType('', 'an array', value);
  for (let i = 0; i < value.length; i++) {
    const element: string = value[i];
    if (typeof element !== 'string') return wrongType(elementPath('', i), 'a string', element);
  }
  return null;
}

/** The first field that does not fit, or null. */
function checkUser(input: UserInput): Problem | null {
  if (typeof input !== 'object' || input === null) return wrongType('User', 'an object', input);
  const id = input.id;
  if (id !== undefined && typeof id !== 'number') return wrongType('User.id', 'a number', id);
  const email = input.email;
  if (typeof email !== 'string') return wrongType('User.email', 'a string', email);
  const name = input.name;
  if (name !== undefined && typeof name !== 'string') return wrongType('User.name', 'a string', name);
  const lastLogin = input.lastLogin;
  if (!(lastLogin instanceof Date)) return wrongType('User.lastLogin', 'a Date', lastLogin);
  const isActive = input.isActive;
  if (typeof isActive !== 'boolean') return wrongType('User.isActive', 'a boolean', isActive);
  const score = input.score;
  if (typeof score !== 'number') return wrongType('User.score', 'a number', score);
  const tags = input.tags;
  const tagsProblem = checkStringArray(tags);
  if (tagsProblem !== null) return tagsProblem.inside('User.tags');
  const role = input.role;
  if (role !== undefined && choicePosition(role) < 0) return noChoice('User.role', "'admin' or 'guest'", role);
  const notes = input.notes;
  if (notes !== null && notes !== undefined && typeof notes !== 'string') {
    return wrongType('User.notes', 'a string', notes);
  }
  return null;
}

function createUser(input: UserInput, _now: number, generated?: UserKey): User {
  const problem = checkUser(input);
  if (problem !== null) throw problem.toError();
  const id = input.id ?? generated;
  if (id === undefined) throw wrongType('User.id', 'a number', undefined).toError();
  return new newUser(
    id,
    input.email,
    input.name,
    input.lastLogin,
    input.isActive,
    input.score,
    input.tags.slice(),
    input.role ?? 'guest',
    input.notes,
  );
}

/** All that the database needs to know of User. */
export const userEntity: EntityRuntime<User, UserKey, UserInput> = {
  model: {
    name: 'User',
    storedName: 'User',
    accessor: 'user',
    key: { fields: ['id'], autoIncrement: true, generate: null },
    fields: [
      {
        name: 'id',
        storedName: 'id',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'float64' },
        nullable: false,
        optional: false,
      },
      {
        name: 'email',
        storedName: 'email',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: false,
      },
      {
        name: 'name',
        storedName: 'name',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: false,
        optional: true,
      },
      {
        name: 'lastLogin',
        storedName: 'lastLogin',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'date' },
        nullable: false,
        optional: false,
      },
      {
        name: 'isActive',
        storedName: 'isActive',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'boolean' },
        nullable: false,
        optional: false,
      },
      {
        name: 'score',
        storedName: 'score',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'float64' },
        nullable: false,
        optional: false,
      },
      {
        name: 'tags',
        storedName: 'tags',
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
        name: 'role',
        storedName: 'role',
        default: { kind: 'literal', value: 'guest' },
        encrypted: null,
        visibleTo: null,
        type: { kind: 'enum', values: ['admin', 'guest'] },
        nullable: false,
        optional: false,
      },
      {
        name: 'notes',
        storedName: 'notes',
        default: null,
        encrypted: null,
        visibleTo: null,
        type: { kind: 'string' },
        nullable: true,
        optional: true,
      },
    ],
    indexes: [
      {
        name: 'email_ci',
        fields: ['email'],
        unique: true,
        caseInsensitive: true,
        multiEntry: false,
      },
      {
        name: 'lastLogin',
        fields: ['lastLogin'],
        unique: false,
        caseInsensitive: false,
        multiEntry: false,
      },
      {
        name: 'notes_score',
        fields: ['notes', 'score'],
        unique: false,
        caseInsensitive: false,
        multiEntry: false,
      },
      {
        name: 'tags',
        fields: ['tags'],
        unique: false,
        caseInsensitive: false,
        multiEntry: true,
      },
    ],
  },
  fingerprint: '0123456789abcdef',
  row: { encode: encodeUser, decode: decodeUser },
  key: keyCodec,
  indexes: indexCodecs,
  keyOf: (row) => row.id,
  create: createUser,
  check: checkUser,
};
