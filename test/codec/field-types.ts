// Field types of every kind, alone and inside each other, for tests that go through all of them.
import type { FieldType } from '../../runtime/schema/model.js';
import { arrayOf, both, field, nullable, optional, recordOf } from '../emit/schemas.js';

export const choices: FieldType = { kind: 'enum', values: [-1, 2, 'a', 'ß', 'long value'] };
const manyChoices: FieldType = { kind: 'enum', values: Array.from({ length: 300 }, (_, i) => i) };
export const place: FieldType = {
  kind: 'embedded',
  className: 'Place',
  fields: [
    field('city', 'string'),
    field('floor', 'int8', optional),
    field('open', 'boolean', both),
    field('names', arrayOf('string'), nullable),
    field('since', 'date'),
  ],
};
const outer: FieldType = {
  kind: 'embedded',
  className: 'Outer',
  fields: [
    field('place', place, both),
    field('note', 'string', nullable),
    field('level', choices),
    field('big', 'uint64'),
  ],
};

export const types: Record<string, FieldType | FieldType['kind']> = {
  float64: 'float64',
  float32: 'float32',
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  uint8: 'uint8',
  uint16: 'uint16',
  uint32: 'uint32',
  int64: 'int64',
  uint64: 'uint64',
  bigint: 'bigint',
  boolean: 'boolean',
  string: 'string',
  date: 'date',
  bytes: 'bytes',
  unknown: 'unknown',
  enum: choices,
  'enum of 300': manyChoices,
  embedded: place,
  'embedded twice': outer,
  'array of float64': arrayOf('float64'),
  'array of boolean': arrayOf('boolean'),
  'array of string': arrayOf('string'),
  'array of missing strings': arrayOf('string', both),
  'array of missing numbers': arrayOf('int16', nullable),
  'array of dates': arrayOf('date'),
  'array of bytes': arrayOf('bytes', optional),
  'array of bigint': arrayOf('bigint'),
  'array of unknown': arrayOf('unknown'),
  'array of enum': arrayOf(choices),
  'array of embedded': arrayOf(outer),
  'array of missing embedded': arrayOf(place, both),
  'array of arrays': arrayOf(arrayOf('string'), nullable),
  'record of numbers': recordOf('float64'),
  'record of embedded': recordOf(outer, both),
  'record of arrays of embedded': recordOf(arrayOf(place)),
};
