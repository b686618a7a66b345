// Reads the options that are written in markers into typed values that remember where they stand.
import type ts from 'typescript';
import { evaluate, propertyName, skipTypes } from './constants.js';
import type { Context } from './context.js';
import { notLiteral, optionValue, uncalledMarker, unknownOption } from './findings.js';
import type { Marker } from './markers.js';

/** A value and the text that it was read from. */
export interface Located<T> {
  readonly value: T;
  readonly node: ts.Node;
}

export interface PrimaryKeyOptions {
  readonly autoIncrement: Located<boolean> | undefined;
  readonly generate: Located<'ulid' | 'uuidv7'> | undefined;
  readonly composite: readonly Located<string>[];
}

export interface IndexOptions {
  readonly unique: boolean;
  readonly caseInsensitive: Located<boolean> | undefined;
  readonly composite: readonly Located<string>[];
}

export interface EntityOptions {
  readonly accessor: Located<string> | undefined;
  readonly ttl: Located<string> | undefined;
  readonly ttlField: Located<string> | undefined;
  /** As written: what it means is for lowering to tell. */
  readonly retainWhile: ts.Expression | undefined;
}

export function entityOptions(context: Context, marker: Marker): EntityOptions {
  const further = marker.isDecorator ? [] : ['storedAs'];
  const options = new Options(context, marker, ['accessor', 'ttl', 'ttlField', 'retainWhile', ...further]);
  return {
    accessor: options.string('accessor'),
    ttl: options.string('ttl'),
    ttlField: options.string('ttlField'),
    retainWhile: options.expression('retainWhile'),
  };
}

export function primaryKeyOptions(context: Context, marker: Marker): PrimaryKeyOptions {
  const options = new Options(context, marker, ['autoIncrement', 'generate', 'composite']);
  const autoIncrement = options.boolean('autoIncrement');
  return {
    autoIncrement: autoIncrement?.value ? autoIncrement : undefined,
    generate: options.choice('generate', ['ulid', 'uuidv7']),
    composite: options.strings('composite') ?? [],
  };
}

export function indexOptions(context: Context, marker: Marker): IndexOptions {
  const options = new Options(context, marker, ['unique', 'composite', 'caseInsensitive']);
  const caseInsensitive = options.boolean('caseInsensitive');
  return {
    unique: options.boolean('unique')?.value ?? false,
    caseInsensitive: caseInsensitive?.value ? caseInsensitive : undefined,
    composite: options.strings('composite') ?? [],
  };
}

export function encryptedOptions(context: Context, marker: Marker): { readonly algorithm: string } | null {
  const options = new Options(context, marker, ['algorithm']);
  const algorithm = options.required('algorithm', 'AES256', () =>
    options.choice('algorithm', ['aes-256-gcm'], 'AES256'),
  );
  return algorithm ? { algorithm: algorithm.value } : null;
}

export function visibleToOptions(context: Context, marker: Marker): { readonly roles: readonly string[] } | null {
  const options = new Options(context, marker, ['roles']);
  const roles = options.required('roles', 'an array of role names', () => options.strings('roles'));
  return roles ? { roles: roles.map((role) => role.value) } : null;
}

/** The one argument of `@Name`. */
export function nameArgument(context: Context, marker: Marker): Located<string> | undefined {
  const node = marker.args[0];
  if (!marker.called) return context.report(marker.node, uncalledMarker(marker.name));
  if (!node) return context.report(marker.node, optionValue('@Name', 'the stored name as a string'));
  const value = evaluate(context, node);
  if (value.kind === 'unreadable') return context.report(value.node, notLiteral());
  if (value.kind === 'literal' && typeof value.value === 'string') return { value: value.value, node };
  return context.report(node, optionValue('@Name', 'the stored name as a string'));
}

/** Reports options in a marker that takes none (`@Ignore`, `@Embedded`). */
export function noOptions(context: Context, marker: Marker): void {
  new Options(context, marker, []);
}

/** The object literal in a marker: its known options by name; what is wrong with it has been reported. */
class Options {
  private readonly given = new Map<string, ts.Expression>();
  private readonly context: Context;
  private readonly marker: Marker;

  constructor(context: Context, marker: Marker, known: readonly string[]) {
    this.context = context;
    this.marker = marker;
    const [first] = marker.args;
    if (!marker.called) context.report(marker.node, uncalledMarker(marker.name));
    if (!first) return;
    const { ts } = context;
    const argument = skipTypes(context, first);
    if (!ts.isObjectLiteralExpression(argument)) {
      context.report(argument, known.length === 0 ? optionValue(`@${marker.name}`, 'no argument') : notLiteral());
      return;
    }
    for (const property of argument.properties) {
      const name = ts.isPropertyAssignment(property) ? propertyName(context, property.name) : undefined;
      if (name === undefined || !ts.isPropertyAssignment(property)) context.report(property, notLiteral());
      else if (known.includes(name)) this.given.set(name, property.initializer);
      else context.report(property.name, unknownOption(name, marker.name, known));
    }
  }

  boolean(name: string): Located<boolean> | undefined {
    return this.read(name, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  string(name: string): Located<string> | undefined {
    return this.read(name, 'a string', (value) => (typeof value === 'string' ? value : undefined));
  }

  choice<T extends string>(
    name: string,
    choices: readonly T[],
    expected = choices.map((choice) => `'${choice}'`).join(' or '),
  ): Located<T> | undefined {
    return this.read(name, expected, (value) => choices.find((choice) => choice === value));
  }

  /** Each element on its own, so that it can be reported where it stands. */
  strings(name: string): Located<string>[] | undefined {
    const given = this.given.get(name);
    if (!given) return undefined;
    const list = skipTypes(this.context, given);
    const expected = optionValue(name, 'an array of strings');
    if (!this.context.ts.isArrayLiteralExpression(list)) {
      return this.context.report(list, evaluate(this.context, list).kind === 'unreadable' ? notLiteral() : expected);
    }
    const strings: Located<string>[] = [];
    for (const node of list.elements) {
      const value = evaluate(this.context, node);
      if (value.kind === 'literal' && typeof value.value === 'string') strings.push({ value: value.value, node });
      else this.context.report(node, value.kind === 'unreadable' ? notLiteral() : expected);
    }
    return strings;
  }

  expression(name: string): ts.Expression | undefined {
    return this.given.get(name);
  }

  required<T>(name: string, expected: string, read: () => T | undefined): T | undefined {
    if (this.given.has(name)) return read();
    return this.context.report(this.marker.node, optionValue(name, expected));
  }

  private read<T>(name: string, expected: string, accept: (value: unknown) => T | undefined): Located<T> | undefined {
    const node = this.given.get(name);
    if (!node) return undefined;
    const value = evaluate(this.context, node);
    if (value.kind === 'unreadable') return this.context.report(value.node, notLiteral());
    const accepted = value.kind === 'literal' ? accept(value.value) : undefined;
    return accepted === undefined ? this.context.report(node, optionValue(name, expected)) : { value: accepted, node };
  }
}
