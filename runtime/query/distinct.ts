// Which values are the same where rows are grouped or told apart: those that a Map takes for one key (NaN is itself, -0 is 0), dates of one
// time, and arrays, bytes and objects of the same content.

/** Numbers values in the order in which they come, from 0. */
export class ValueNumbers {
  /** The values, by number. */
  readonly values: unknown[] = [];
  private readonly primitives = new Map<unknown, number>();
  private readonly objects = new Map<string, number>();

  get size(): number {
    return this.values.length;
  }

  /** The number of `value`, a new one the first time. */
  numberOf(value: unknown): number {
    const isObject = typeof value === 'object' && value !== null;
    const key = isObject ? contentOf(value) : value;
    const known = isObject ? this.objects.get(key as string) : this.primitives.get(key);
    if (known !== undefined) return known;
    const number = this.values.push(Object.is(value, -0) ? 0 : value) - 1;
    if (isObject) this.objects.set(key as string, number);
    else this.primitives.set(key, number);
    return number;
  }
}

/** A text that two values share exactly when they are the same. */
function contentOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      break;
    default:
      return String(value);
  }
  if (value === null) return 'null';
  if (value instanceof Date) return `@${value.getTime()}`;
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return `[${value.map(contentOf).join()}]`;
  const entries = Object.entries(value as Record<string, unknown>);
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${contentOf(inner)}`).join()}}`;
}
