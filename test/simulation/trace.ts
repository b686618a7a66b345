// What happened, line by line: two runs with the same seed must give the same text, to the byte.
import { createHash } from 'node:crypto';

const HASH_DIGITS = 16;

export class Trace {
  readonly lines: string[] = [];

  constructor(private readonly show: (line: string) => void = () => {}) {}

  write(line: string): void {
    this.lines.push(line);
    this.show(line);
  }

  /** Stands for the whole text. */
  hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex').slice(0, HASH_DIGITS);
  }
}
