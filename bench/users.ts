// The rows that every race runs on: users of about 250 bytes, the same for everybody from one seed.

export interface UserRow {
  id: number;
  email: string;
  name: string;
  lastLogin: Date;
  isActive: boolean;
  score: number;
  tags: string[];
  bio: string;
}

/** A seeded source of numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS = 'alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa'.split(
  ' ',
);

/** `count` users with ids from 1. */
export function users(count: number, seed = 42): UserRow[] {
  const next = random(seed);
  const word = () => WORDS[Math.floor(next() * WORDS.length)]!;
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    email: flat(`user${i + 1}.${word()}@example.com`),
    name: flat(`${word()} ${word()}`),
    isActive: next() < 0.5,
    lastLogin: new Date(1.6e12 + Math.floor(next() * 1e11)),
    score: next() * 1000,
    tags: [word(), word()],
    bio: Array.from({ length: 16 }, word).join(' '),
  }));
}

/**
 * The same text in one piece. V8 keeps a concatenation as a tree of its parts, and whoever reads such a string first pays for it; text
 * that comes off a socket or out of a file is flat.
 */
export function flat(text: string): string {
  return Buffer.from(text).toString();
}
