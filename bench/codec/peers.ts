// The other codecs of the race, each set up as its own documentation advises for speed, with a schema where it takes one.
import { deserialize, serialize } from 'node:v8';
import avsc from 'avsc';
import { Packr } from 'msgpackr';
import { PbfReader, PbfWriter } from 'pbf';
import { compile } from 'pbf/compile';
import type { Field, FieldType } from '../../runtime/schema/model.js';
import type { Row, Shape } from './shapes.js';

export interface Peer {
  readonly name: string;
  /** Each row as the peer takes it: `null` for `undefined` in avsc, epoch milliseconds for dates in pbf. */
  readonly rows: readonly unknown[];
  encode(row: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

export function peersOf(shape: Shape): Peer[] {
  return [json(shape), msgpackr(shape), avro(shape), pbf(shape), v8(shape)];
}

/** Dates come back as strings: JSON is spared their revival. */
function json({ rows }: Shape): Peer {
  return {
    name: 'JSON',
    rows,
    encode: (row) => Buffer.from(JSON.stringify(row)),
    decode: (bytes) => JSON.parse((bytes as Buffer).toString()),
  };
}

function msgpackr({ rows }: Shape): Peer {
  const packr = new Packr({ structures: [] });
  return { name: 'msgpackr records', rows, encode: (row) => packr.pack(row), decode: (bytes) => packr.unpack(bytes) };
}

function v8({ rows }: Shape): Peer {
  return { name: 'v8.serialize', rows, encode: (row) => serialize(row), decode: (bytes) => deserialize(bytes) };
}

class AvroDate extends avsc.types.LogicalType {
  override _fromValue(value: number): Date {
    return new Date(value);
  }
  override _toValue(date: Date): number {
    return date.getTime();
  }
}

function avro({ entity, rows }: Shape): Peer {
  const type = avsc.Type.forSchema(avroRecord(entity.name, storedFields(entity.fields)) as avsc.Schema, {
    logicalTypes: { date: AvroDate as unknown as new (schema: avsc.Schema, opts?: unknown) => avsc.types.LogicalType },
  });
  return {
    name: 'avsc',
    rows: rows.map((row) => nulled(row, storedFields(entity.fields))),
    encode: (row) => type.toBuffer(row),
    decode: (bytes) => type.fromBuffer(bytes as Buffer),
  };
}

function avroRecord(name: string, fields: readonly Field[]): unknown {
  return {
    type: 'record',
    name,
    fields: fields.map((field) => ({
      name: field.name,
      type: field.optional ? ['null', avroType(field.type)] : avroType(field.type),
    })),
  };
}

function avroType(type: FieldType): unknown {
  switch (type.kind) {
    case 'string':
    case 'boolean':
      return type.kind;
    case 'date':
      return { type: 'long', logicalType: 'date' };
    case 'float64':
      return 'double';
    case 'array':
      return { type: 'array', items: avroType(type.element.type) };
    case 'embedded':
      return avroRecord(type.className, type.fields);
    default:
      return 'int';
  }
}

function nulled(row: Row, fields: readonly Field[]): Row {
  return Object.fromEntries(fields.map(({ name, type }) => [name, nulledValue(row[name], type)]));
}

function nulledValue(value: unknown, type: FieldType): unknown {
  if (value === undefined) return null;
  if (type.kind === 'embedded') return nulled(value as Row, type.fields);
  if (type.kind === 'array') return (value as unknown[]).map((element) => nulledValue(element, type.element.type));
  return value;
}

/** Code that pbf compiles from a schema, as its command line does. */
function pbf({ entity, rows }: Shape): Peer {
  const messages: unknown[] = [];
  pbfMessage(entity.name, storedFields(entity.fields), messages);
  const compiled = compile({ syntax: 3, messages, enums: [], extends: [] });
  const read = compiled[`read${entity.name}`]!;
  const write = compiled[`write${entity.name}`]!;
  return {
    name: 'pbf',
    rows: rows.map((row) =>
      JSON.parse(JSON.stringify(row), (key, value) => (DATES.has(key) ? Date.parse(value) : value)),
    ),
    encode: (row) => {
      const writer = new PbfWriter();
      write(row, writer);
      return writer.finish();
    },
    decode: (bytes) => read(new PbfReader(bytes)),
  };
}

const DATES = new Set(['lastLogin', 'placedAt']);

function pbfMessage(name: string, fields: readonly Field[], messages: unknown[]): string {
  messages.push({
    name,
    enums: [],
    messages: [],
    extends: [],
    extensions: null,
    fields: fields.map(({ name: fieldName, type }, i) => ({
      name: fieldName,
      tag: i + 1,
      map: null,
      oneof: null,
      required: false,
      repeated: type.kind === 'array',
      options: {},
      type: pbfType(type.kind === 'array' ? type.element.type : type, messages),
    })),
  });
  return name;
}

function pbfType(type: FieldType, messages: unknown[]): string {
  switch (type.kind) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'date':
    case 'float64':
      return 'double';
    case 'embedded':
      return pbfMessage(type.className, type.fields, messages);
    default:
      return 'uint32';
  }
}

function storedFields(fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ name }) => name !== 'pk');
}
