// Random numbers out of a seed, so that every failing case can be run again.

/** Gives numbers in [0, 1); the sequence depends on the seed only. Mulberry32, by Tommy Ettinger. */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}

/** An integer in [0, below). */
export function integer(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** The generator of one of many who draw from the same root seed: none changes what another draws. The name is hashed by FNV-1a. */
export function derived(seed: number, name: string): Random {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return seeded(hash);
}

/** One of them. */
export function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[integer(random, choices.length)]!;
}

/** True in so many of a hundred cases. */
export function percent(random: Random, chance: number): boolean {
  return random() * 100 < chance;
}
