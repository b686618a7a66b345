export interface NumberedEntry {
  readonly row: Buffer;
  readonly key: Buffer;
  readonly value: Buffer;
}

export interface NumberedCommit {
  readonly kind: 'sync' | 'async' | 'load';
  readonly puts: readonly NumberedEntry[];
  readonly deletes: readonly NumberedEntry[];
}

export function commit(number: number): NumberedCommit;
