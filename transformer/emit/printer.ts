// A printer of indented source text: lines and blocks, nothing clever.

const INDENT = '  ';
/** Longest line of generated code, in characters. */
const LINE_WIDTH = 120;

/** Source text under construction. */
export class Printer {
  private readonly lines: string[] = [];
  private depth = 0;

  /** A line; an empty one when nothing is given. Two empty ones in a row become one. */
  line(text = ''): void {
    if (text === '' && (this.lines.length === 0 || this.lines.at(-1) === '')) return;
    this.lines.push(text === '' ? '' : INDENT.repeat(this.depth) + text);
  }

  /** `head`, what `body` prints one step further in, and `tail`; an empty head or tail is left out. */
  block(head: string, body: () => void, tail = '}'): void {
    if (head !== '') this.line(head);
    this.depth++;
    body();
    this.depth--;
    if (tail !== '') this.line(tail);
  }

  /** Lines as they come, at the current depth; nothing for an empty text. */
  text(text: string): void {
    if (text === '') return;
    for (const line of text.replace(/\n$/, '').split('\n')) this.line(line);
  }

  /** Text as it is, at the current depth: no line of it but the first is moved, for it may stand in the midst of a string. */
  verbatim(text: string): void {
    this.lines.push(INDENT.repeat(this.depth) + text);
  }

  /** `head`, items and `tail` around them: on one line where that fits, else an item a line. */
  list(head: string, items: readonly string[], tail: string): void {
    this.text(list(head, items, tail, INDENT.length * this.depth));
  }

  /** `if (a && b) statement`: over several lines where it is long. */
  when(tests: readonly string[], operator: '&&' | '||', statement: string): void {
    const condition = tests.join(` ${operator} `);
    const room = LINE_WIDTH - INDENT.length * this.depth - 'if () '.length;
    if (condition.length + statement.length <= room) {
      this.line(`if (${condition}) ${statement}`);
    } else if (condition.length + 1 <= room) {
      this.block(`if (${condition}) {`, () => this.line(statement));
    } else {
      const lines = tests.map((test, i) => (i < tests.length - 1 ? `${test} ${operator}` : test));
      this.block('if (', () => lines.forEach((line) => void this.line(line)), ') {');
      this.block('', () => this.line(statement));
    }
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`;
  }
}

/** `head`, items separated by commas, `tail`: flat where `before` characters leave room for it, else an item a line. */
export function list(head: string, items: readonly string[], tail: string, before: number): string {
  const flat = head + items.join(', ') + tail;
  if (items.length === 0 || (before + flat.length <= LINE_WIDTH && !flat.includes('\n'))) return flat;
  return `${head}\n${items.map((item) => `${indented(item)},\n`).join('')}${tail}`;
}

/** `condition ? yes : no`, on three lines where it is long. */
export function ternary(condition: string, yes: string, no: string): string {
  const flat = `${condition} ? ${yes} : ${no}`;
  if (flat.length <= LINE_WIDTH - 30 && !flat.includes('\n')) return flat;
  return `${condition}\n${indented(`? ${yes}`)}\n${indented(`: ${no}`)}`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => INDENT + line)
    .join('\n');
}
