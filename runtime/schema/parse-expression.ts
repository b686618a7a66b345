// Checks an expression that a schema holds with zod: as any predicate, but without captured values.
import { z } from 'zod';
import type { Expression } from './expression.js';

const expression: z.ZodType<Expression> = z.lazy(() => z.discriminatedUnion('op', FORMS));
const path = z.array(z.string());
const two = { left: expression, right: expression };

const FORMS = [
  z.strictObject({
    op: z.literal('literal'),
    value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  }),
  z.strictObject({ op: z.literal('undefined') }),
  z.strictObject({ op: z.literal('field'), path: path.min(1) }),
  z.strictObject({ op: z.literal('element'), level: z.number().int().nonnegative(), path }),
  z.strictObject({ op: z.enum(['===', '!==', '<', '<=', '>', '>=']), ...two }),
  z.strictObject({ op: z.enum(['+', '-', '*', '/', '%', '??']), ...two }),
  z.strictObject({ op: z.enum(['&&', '||']), args: z.array(expression).min(1) }),
  z.strictObject({ op: z.literal('!'), arg: expression }),
  z.strictObject({ op: z.literal('?:'), test: expression, yes: expression, no: expression }),
  z.strictObject({ op: z.literal('template'), parts: z.array(expression) }),
  z.strictObject({
    op: z.literal('math'),
    name: z.enum(['abs', 'floor', 'ceil', 'round', 'min', 'max']),
    args: z.array(expression),
  }),
  z.strictObject({
    op: z.enum(['length', 'toLowerCase', 'toUpperCase', 'trim', 'getTime', 'negate']),
    arg: expression,
  }),
  z.strictObject({
    op: z.enum(['startsWith', 'endsWith', 'stringIncludes', 'arrayIncludes', 'setHas']),
    subject: expression,
    argument: expression,
  }),
  z.strictObject({ op: z.literal('test'), pattern: z.string(), flags: z.string(), subject: expression }),
  z.strictObject({ op: z.enum(['some', 'every']), subject: expression, predicate: expression }),
  z.strictObject({ op: z.literal('object'), entries: z.array(z.tuple([z.string(), expression])) }),
  z.strictObject({ op: z.literal('array'), items: z.array(expression) }),
] as const;

/** What `retainWhile` of an entity is. */
export const retainedExpression: z.ZodType<Expression> = expression;

/** The properties of the row that an expression reads. */
export function fieldsRead(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const isField = 'op' in part && part.op === 'field' && 'path' in part && Array.isArray(part.path);
  return isField ? [String((part.path as unknown[])[0])] : Object.values(part).flatMap(fieldsRead);
}
