// Values in a line of text, as explain() shows them.

/** Characters of a string, and elements of a list, that are shown. */
const SHOWN_CHARACTERS = 40;
const SHOWN_ELEMENTS = 4;

/** A value in one line: strings quoted, long ones cut. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return `'${cut(value)}'`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Set) return `Set(${value.size})`;
  if (Array.isArray(value)) {
    const shown = value.slice(0, SHOWN_ELEMENTS).map(show).join(', ');
    return value.length > SHOWN_ELEMENTS ? `[${shown}, ... ${value.length} in all]` : `[${shown}]`;
  }
  return String(value);
}

function cut(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}

/** `171,075`; what is small and no whole number with one digit behind the point. */
export function showCount(count: number): string {
  const rounded = count < 10 ? Math.round(count * 10) / 10 : Math.round(count);
  return rounded.toLocaleString('en');
}

/** `12 us`, `3.4 ms`, `1.2 s`. */
export function showTime(nanoseconds: number): string {
  const [amount, unit] =
    nanoseconds < 1e6
      ? [nanoseconds / 1e3, 'us']
      : nanoseconds < 1e9
        ? [nanoseconds / 1e6, 'ms']
        : [nanoseconds / 1e9, 's'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}
