// What JSON.stringify and console.log show of DAOs and queries: whose they are, rather than the whole engine behind them.
import type { EntityTable } from './table.js';

/** The method that Node, Bun and Deno ask before they print an object. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/** For `JSON.stringify`. */
export interface Shown {
  readonly entity: string;
}

export function shown<Row, Key, Input>({ entity }: EntityTable<Row, Key, Input>): Shown {
  return { entity: entity.model.name };
}

/** For `console.log`: `UserDao { entity: 'User' }`. */
export function inspected<Row, Key, Input>(whose: object, { entity }: EntityTable<Row, Key, Input>): string {
  return `${whose.constructor.name} { entity: '${entity.model.name}' }`;
}
