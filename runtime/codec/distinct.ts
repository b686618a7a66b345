// What generated index codecs use for arrays of objects, which a Set compares by identity.

/** The elements that differ by value; dates and bytes are compared as a key would. */
export function distinct<T extends Date | Uint8Array | null | undefined>(values: readonly T[]): Iterable<T> {
  const byText = new Map<string, T>();
  for (const value of values) byText.set(textOf(value), value);
  return byText.values();
}

function textOf(value: Date | Uint8Array | null | undefined): string {
  if (value instanceof Date) return String(value.getTime());
  if (value instanceof Uint8Array)
    return `b${Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')}`;
  return String(value);
}
