// An expression as the TypeScript that it stands for, in one line: for explain().
import type { Expression } from './expression.js';
import { show } from './show.js';

/** @param row what the row is called: `u` in `u => u.score > 5` */
export function printExpression(expression: Expression, parameters: readonly unknown[], row: string): string {
  return new Printer(parameters, row).print(expression, LOOSEST);
}

/** How tightly operators bind; an operand that binds less tightly stands in parentheses. */
const LOOSEST = 0;
const BINDING: Readonly<Record<string, number>> = {
  '?:': 1,
  '??': 2,
  '||': 3,
  '&&': 4,
  '===': 5,
  '!==': 5,
  '<': 6,
  '<=': 6,
  '>': 6,
  '>=': 6,
  '+': 7,
  '-': 7,
  '*': 8,
  '/': 8,
  '%': 8,
  '!': 9,
  negate: 9,
};
const TIGHTEST = 10;

class Printer {
  constructor(
    private readonly parameters: readonly unknown[],
    private readonly row: string,
  ) {}

  print(e: Expression, around: number): string {
    const binding = BINDING[e.op] ?? TIGHTEST;
    const text = this.node(e, binding);
    return binding < around ? `(${text})` : text;
  }

  private node(e: Expression, binding: number): string {
    const part = (inner: Expression, around = TIGHTEST): string => this.print(inner, around);
    switch (e.op) {
      case 'param':
        return show(this.parameters[e.index]);
      case 'literal':
        return show(e.value);
      case 'undefined':
        return 'undefined';
      case 'field':
        return [this.row, ...e.path].join('.');
      case 'element':
        return [`element${e.level === 0 ? '' : e.level}`, ...e.path].join('.');
      case '&&':
      case '||':
        return e.args.map((arg) => part(arg, binding + 1)).join(` ${e.op} `);
      case '!':
        return `!${part(e.arg, binding)}`;
      case 'negate':
        return `-${part(e.arg, binding)}`;
      case '?:':
        return `${part(e.test, binding + 1)} ? ${part(e.yes, binding)} : ${part(e.no, binding)}`;
      case 'template':
        return `\`${e.parts.map((inner) => (inner.op === 'literal' ? String(inner.value) : `\${${part(inner, LOOSEST)}}`)).join('')}\``;
      case 'math':
        return `Math.${e.name}(${e.args.map((arg) => part(arg, LOOSEST)).join(', ')})`;
      case 'length':
        return `${part(e.arg)}.length`;
      case 'toLowerCase':
      case 'toUpperCase':
      case 'trim':
      case 'getTime':
        return `${part(e.arg)}.${e.op}()`;
      case 'test':
        return `/${e.pattern}/${e.flags}.test(${part(e.subject, LOOSEST)})`;
      case 'some':
      case 'every':
        return `${part(e.subject)}.${e.op}(element => ${part(e.predicate, LOOSEST)})`;
      case 'startsWith':
      case 'endsWith':
      case 'stringIncludes':
      case 'arrayIncludes':
      case 'setHas':
        return `${part(e.subject)}.${METHODS[e.op]}(${part(e.argument, LOOSEST)})`;
      case 'object':
        return `{ ${e.entries.map(([name, value]) => `${name}: ${part(value, LOOSEST)}`).join(', ')} }`;
      case 'array':
        return `[${e.items.map((item) => part(item, LOOSEST)).join(', ')}]`;
      default:
        return `${part(e.left, binding)} ${e.op} ${part(e.right, binding + 1)}`;
    }
  }
}

const METHODS = {
  startsWith: 'startsWith',
  endsWith: 'endsWith',
  stringIncludes: 'includes',
  arrayIncludes: 'includes',
  setHas: 'has',
} as const;
