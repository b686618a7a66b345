// What commit number n of kill.test.ts holds: a function of n alone, so that writer and checker need not talk.

const ROWS = 400;
const LOAD_ROWS = 40;

function entry(row, number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(row);
  return {
    row: bytes,
    key: Buffer.from(String(row).split('').reverse().join('')),
    value: Buffer.from(`${number}`.padEnd(20 + ((row * 31 + number) % 200), '.')),
  };
}

/** `kind` is how it is written; puts and deletes never touch one row both. */
export function commit(number) {
  if (number % 60 === 59) {
    const first = (number * 17) % ROWS;
    return {
      kind: 'load',
      puts: Array.from({ length: LOAD_ROWS }, (_, i) => entry((first + i) % ROWS, number)),
      deletes: [],
    };
  }
  const kind = Math.floor(number / 7) % 2 === 0 ? 'sync' : 'async';
  const row = (number * 7919) % ROWS;
  return {
    kind,
    puts: [entry(row, number), entry((row + 1) % ROWS, number)],
    deletes: number % 3 === 0 ? [entry((row + 2) % ROWS, number)] : [],
  };
}
