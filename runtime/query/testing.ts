// What it takes to test a record, in nanoseconds: to weigh a scan, which tests them all, against an index.
import type { EntityModel, FieldType } from '../schema/model.js';
import type { Expression } from './expression.js';

const NUMBER_TEST = 3;
const TEXT_TEST = 50;
const LIST_TEST = 30;
const ARRAY_TEST = 150;
/** Of what is not told from bytes: the row is decoded, and the arrow asked. */
const ARROW_TEST = 350;

/** Nanoseconds for one record, nearly. */
export function testingTime(expression: Expression, model: EntityModel): number {
  switch (expression.op) {
    case '&&':
    case '||':
      return expression.args.reduce((sum, arg) => sum + testingTime(arg, model), 0);
    case '!':
      return testingTime(expression.arg, model);
    case 'field':
      return NUMBER_TEST;
    case '===':
    case '!==':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const kind = kindOf(expression.left, model) ?? kindOf(expression.right, model);
      return kind === undefined ? ARROW_TEST : kind === 'string' || kind === 'bytes' ? TEXT_TEST : NUMBER_TEST;
    }
    case 'startsWith':
    case 'endsWith':
    case 'stringIncludes':
      return TEXT_TEST;
    case 'arrayIncludes':
    case 'setHas':
      return kindOf(expression.subject, model) === 'array' ? ARRAY_TEST : LIST_TEST;
    default:
      return ARROW_TEST;
  }
}

function kindOf(expression: Expression, { fields }: EntityModel): FieldType['kind'] | undefined {
  if (expression.op !== 'field') return undefined;
  return fields.find(({ name }) => name === expression.path[0])?.type.kind;
}
