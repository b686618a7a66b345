// A type as a list of alternatives, and how alternatives become one Slot: `'a' | 'b' | null` is a nullable enum.
import type ts from 'typescript';
import { canonicalJson } from '../../runtime/schema/fingerprint.js';
import type { FieldType, Slot } from '../../runtime/schema/model.js';
import { isNumberKind } from '../../runtime/schema/numbers.js';
import type { Context } from './context.js';
import { classInUnion, nothingToStore } from './findings.js';

/** One alternative of a union; a type that is no union is one alternative. */
export type Part =
  | { readonly kind: 'null' | 'undefined' }
  /** A literal type or an enum member. */
  | { readonly kind: 'choice'; readonly value: string | number }
  | { readonly kind: 'type'; readonly type: FieldType };

/** Undefined where something can't be stored; that has been reported. */
export type Parts = readonly Part[] | undefined;

export const NULL: Parts = [{ kind: 'null' }];
export const UNDEFINED: Parts = [{ kind: 'undefined' }];

export function typePart(type: FieldType): Parts {
  return [{ kind: 'type', type }];
}

/** Joins alternatives into a slot, or reports at `at` why there is none. */
export function slotOf(context: Context, parts: Parts, at: ts.Node): Slot | undefined {
  if (!parts) return undefined;
  const choices = new Set<string | number>();
  const types = new Map<string, FieldType>();
  for (const part of parts) {
    if (part.kind === 'choice') choices.add(part.value);
    if (part.kind === 'type') types.set(canonicalJson(part.type), part.type);
  }
  const type = join(context, [...types.values()], [...choices], at);
  if (!type) return undefined;
  // `unknown` itself admits both; a union that is stored as unknown admits what it says.
  const anything = parts.some((part) => part.kind === 'type' && part.type.kind === 'unknown');
  return {
    type,
    nullable: anything || parts.some((part) => part.kind === 'null'),
    optional: anything || parts.some((part) => part.kind === 'undefined'),
  };
}

/** Whether a class marked `@Embedded()` stands anywhere in the type; if so, its name. */
function embeddedIn(type: FieldType): string | undefined {
  switch (type.kind) {
    case 'embedded':
      return type.className;
    case 'array':
      return embeddedIn(type.element.type);
    case 'record':
      return embeddedIn(type.value.type);
    default:
      return undefined;
  }
}

/** The values of an enum in their stored order: numbers first, ascending, then strings by UTF-16 code unit. */
export function sortChoices(choices: readonly (string | number)[]): (string | number)[] {
  const numbers = choices.filter((choice) => typeof choice === 'number').sort((a, b) => a - b);
  const strings = choices.filter((choice) => typeof choice === 'string').sort();
  return [...numbers, ...strings];
}

function join(context: Context, types: FieldType[], choices: (string | number)[], at: ts.Node): FieldType | undefined {
  const [only] = types;
  if (!only) {
    if (choices.length === 0) return context.report(at, nothingToStore());
    return { kind: 'enum', values: sortChoices(choices) };
  }
  // As TypeScript has it, `string | 'a'` is string and `Int32 | 5` is a number.
  const foreign = choices.some((choice) => !types.some((type) => holdsChoice(type, choice)));
  if (types.length === 1 && !foreign) return widest(only, choices);
  if (types.every((type) => isNumberKind(type.kind)) && !foreign) return { kind: 'float64' };
  for (const type of types) {
    const className = embeddedIn(type);
    if (className !== undefined) return context.report(at, classInUnion(className));
  }
  return { kind: 'unknown' };
}

/** `Int8 | 1000` has values that an Int8 can't hold. */
function widest(type: FieldType, choices: readonly (string | number)[]): FieldType {
  return isNumberKind(type.kind) && choices.length > 0 ? { kind: 'float64' } : type;
}

function holdsChoice(type: FieldType, choice: string | number): boolean {
  return typeof choice === 'string' ? type.kind === 'string' : isNumberKind(type.kind);
}
