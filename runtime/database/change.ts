// A write, as data: a list of row changes. DAOs only make these; index upkeep, unique checks and the log live below
// (apply.ts), and so may other readers of a change: a transaction, later the change log and the audit.
import type { EntityTable } from './table.js';

/** One change of one row. Rows are complete: checked, with keys generated and defaults filled in. */
export type RowChange<Row, Key, Input> =
  /** The row must not exist yet. */
  | { readonly kind: 'insert'; readonly table: EntityTable<Row, Key, Input>; readonly row: Row }
  /** The row takes the place of the one with its key, if there is one. */
  | { readonly kind: 'put'; readonly table: EntityTable<Row, Key, Input>; readonly row: Row }
  /** Some fields of the row with that key, which must exist, get other values. */
  | {
      readonly kind: 'patch';
      readonly table: EntityTable<Row, Key, Input>;
      readonly key: Key;
      readonly values: Partial<Input>;
    }
  | { readonly kind: 'delete'; readonly table: EntityTable<Row, Key, Input>; readonly key: Key };
