// Where a command's words go: results to stdout, complaints to stderr, in color only where a person reads them.
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** What a command may know of the terminal; tests and other programs hand in their own. */
export interface Streams {
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export class Terminal {
  /** Whether output is colored: on a terminal, unless NO_COLOR is set (https://no-color.org). */
  readonly color: boolean;

  constructor(
    private readonly streams: Streams,
    /** Whether a machine reads stdout: then only {@link Terminal.result} writes there. */
    readonly json: boolean,
  ) {
    this.color = !json && streams.stdout.isTTY && !streams.env.NO_COLOR;
  }

  /** A line for people. */
  line(text: string): void {
    if (!this.json) this.streams.stdout.write(`${text}\n`);
  }

  /** The command's result for machines: one line of JSON. */
  result(value: unknown): void {
    if (this.json) this.streams.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** What went wrong, for people. */
  error(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  /** A line on stderr that the next one overwrites, where a person watches; an empty one takes it away. */
  transient(text: string): void {
    if (!this.json && this.streams.stderr.isTTY) this.streams.stderr.write(`\r${text}\x1b[K`);
  }

  style(style: Style, text: string): string {
    return this.color ? styleText(style, text, { validateStream: false }) : text;
  }
}
