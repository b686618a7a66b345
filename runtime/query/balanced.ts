// Many functions joined into one, as a balanced tree of pairs: each call then goes as deep as the logarithm of their number. A chain of
// some thousand, as data from outside may ask for, would end the stack.

/**
 * Joins neighbours, keeping their order: `join` has to be associative. Undefined where there are none.
 * @example balanced([a, b, c], (left, right) => (x) => left(x) && right(x)) // (a && b) && c
 */
export function balanced<Part>(parts: readonly Part[], join: (left: Part, right: Part) => Part): Part | undefined {
  let level = parts;
  while (level.length > 1) {
    const next: Part[] = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(i + 1 < level.length ? join(level[i]!, level[i + 1]!) : level[i]!);
    }
    level = next;
  }
  return level[0];
}
