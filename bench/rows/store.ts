// What each contestant of the race must be able to do, with decoded objects going in and out.
import type { UserRow } from '../users.js';

/** How long a write waits: for the disk, or only for the operating system. */
export type Sync = 'disk' | 'os';

export interface Store {
  readonly name: string;
  open(path: string, sync: Sync): Promise<void>;
  close(): Promise<void>;
  /** All rows, indexes kept, one sync at the end. */
  bulk(rows: readonly UserRow[]): Promise<void>;
  get(id: number): UserRow | undefined;
  getByEmail(email: string): UserRow | undefined;
  /** At most `limit` rows with `lastLogin >= from`, in that order. */
  range(from: Date, limit: number): readonly UserRow[] | Promise<readonly UserRow[]>;
  /** Decodes every row; returns their number. */
  scan(): number | Promise<number>;
  /** Replaces a row, keeping the indexes; returns when `sync` says. Null where the store has no synchronous put of that kind. */
  put: ((row: UserRow) => void) | null;
  /** Rows with `isActive && score > 500 && email.startsWith('user1')`, no index on any of them. */
  filterCount?(): number;
  /** The 20 highest scores. */
  top?(): readonly UserRow[];
  /** All puts at once, each durable when it resolves. */
  putAll?(rows: readonly UserRow[]): Promise<void>;
}
