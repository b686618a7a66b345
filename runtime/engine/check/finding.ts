// What a check of a database has to say: one thing, in words, with a code of docs/errors.md.

/** One thing that a check has found. */
export interface Finding {
  readonly code: string;
  /** `note`: nothing is lost, and the next opening puts it right. */
  readonly severity: 'problem' | 'note';
  /** Path of the file, where it is about one. */
  readonly file: string | null;
  /** Name of the tree, where it is about one. */
  readonly tree: string | null;
  readonly message: string;
}

export function problem(code: string, place: { file?: string; tree?: string }, message: string): Finding {
  return { code, severity: 'problem', file: place.file ?? null, tree: place.tree ?? null, message };
}

export function note(code: string, file: string, message: string): Finding {
  return { code, severity: 'note', file, tree: null, message };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
