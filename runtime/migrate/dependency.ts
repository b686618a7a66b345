// What in the rows of a database decides whether a migration works, and how much it touches: found by looking at the migration,
// counted in the rows.

/** Names are those of the version that the migration starts from. */
export type Dependency =
  /** Rows whose values, in all these fields, another row has too. */
  | {
      readonly kind: 'duplicates';
      readonly entity: string;
      readonly fields: readonly string[];
      readonly caseInsensitive: boolean;
    }
  /** Rows in which the field is null or undefined. */
  | { readonly kind: 'missing'; readonly entity: string; readonly field: string }
  | { readonly kind: 'rows'; readonly entity: string };
