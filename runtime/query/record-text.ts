// Tests of string fields on their encoded bytes: most rows are refused without a string being made.
import type { ByteSpan } from '../bytes/writer.js';
import type { TextPlace } from '../codec/field.js';

export type TextOp = '===' | 'startsWith' | 'endsWith';

/** `field === text`, `field.startsWith(text)` or `field.endsWith(text)`, as JavaScript means them. */
export function textTest(place: TextPlace, op: TextOp, text: string): (record: ByteSpan) => boolean {
  const inRow = TESTS[op];
  // A row that is all latin1 holds no character beyond.
  if (/[^\0-\xff]/.test(text)) {
    return (record) => {
      place.locate(record);
      return place.mixed && inRow(place.read(record), text);
    };
  }
  const wanted = Buffer.from(text, 'latin1');
  return (record) => {
    place.locate(record);
    if (place.mixed) return inRow(place.read(record), text);
    const { length } = wanted;
    const size = place.end - place.start;
    if (op === '===' ? size !== length : size < length) return false;
    const from = op === 'endsWith' ? place.end - length : place.start;
    const { bytes } = record;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== wanted[i]) return false;
    return true;
  };
}

const TESTS = {
  '===': (value: string, text: string) => value === text,
  startsWith: (value: string, text: string) => value.startsWith(text),
  endsWith: (value: string, text: string) => value.endsWith(text),
} as const;
