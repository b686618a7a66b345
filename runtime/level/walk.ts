// What the iterators over entries, keys and values share: a cursor over a range, read one by one or in chunks.
import { compareKeys } from '../bytes/compare.js';
import type { ByteSpan } from '../bytes/writer.js';
import type { Cursor, KeyRange, Tree } from '../engine/index.js';
import { bytesOf, type Data, type DataRange, type Format, keyRange } from './data.js';
import type { QuantaSnapshot } from './snapshot.js';

/** Options of an iterator as abstract-level hands them down. */
export interface WalkOptions extends DataRange {
  readonly keyEncoding: Format;
  readonly valueEncoding: Format;
  readonly reverse: boolean;
  /** Entries at most; -1 for all. abstract-level itself ends iterators there. */
  readonly limit: number;
  readonly keys?: boolean;
  readonly values?: boolean;
  readonly snapshot?: QuantaSnapshot | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

/** Bytes of keys and values at which a chunk is handed out, however many entries were asked for. */
const CHUNK_BYTES = 1024 * 1024;
/** Entries after which the event loop gets its turn: promises alone would let a long loop starve timers and sockets. */
const ENTRIES_PER_TURN = 1000;

export class Walk<Item> {
  private readonly range: KeyRange;
  private cursor: Cursor | null = null;
  /** The last seek went to where the range has nothing. */
  private outside = false;
  private sinceTurn = 0;

  constructor(
    private readonly tree: Tree,
    private readonly options: WalkOptions,
    private readonly item: (key: ByteSpan, value: ByteSpan) => Item,
  ) {
    this.range = keyRange(options);
    // Without a snapshot given, what is seen is the state of this moment. A given one is known to be open only during a read.
    if (options.snapshot === undefined) this.cursor = tree.cursor(this.range, { reverse: options.reverse });
  }

  one(): Item | undefined | Promise<Item | undefined> {
    const cursor = this.opened();
    const found = !this.outside && cursor.next();
    return this.paced(found ? this.item(cursor.key, cursor.value) : undefined, 1);
  }

  /** Up to `count` items; none only at the end. */
  many(count: number): Item[] | Promise<Item[]> {
    const cursor = this.opened();
    const { key, value } = cursor;
    const items: Item[] = [];
    let bytes = 0;
    while (items.length < count && bytes < CHUNK_BYTES && !this.outside && cursor.next()) {
      bytes += key.end - key.start + value.end - value.start;
      items.push(this.item(key, value));
    }
    return this.paced(items, items.length);
  }

  /** The next item is the first at `target` or behind it, in the direction of travel; none when it lies outside the range. */
  seek(target: Data): void {
    const key = bytesOf(target);
    this.outside = !contains(this.range, key);
    if (!this.outside) this.opened().seek(key);
  }

  close(): void {
    this.cursor?.close();
  }

  private opened(): Cursor {
    if (this.cursor === null) {
      const { reverse, snapshot } = this.options;
      this.cursor = this.tree.cursor(this.range, { reverse, at: snapshot!.view });
    }
    return this.cursor;
  }

  /** Hands out at once what was read, unless the event loop is due or somebody may abort. */
  private paced<Result>(result: Result, entries: number): Result | Promise<Result> {
    this.sinceTurn += entries;
    const turn = this.sinceTurn >= ENTRIES_PER_TURN;
    if (turn) this.sinceTurn = 0;
    else if (this.options.signal == null) return result;
    return this.later(result, turn);
  }

  private async later<Result>(result: Result, turn: boolean): Promise<Result> {
    await (turn ? new Promise((resolve) => setImmediate(resolve)) : undefined);
    if (this.options.signal?.aborted) throw new AbortError();
    return result;
  }
}

/** What abstract-level wants of a read that its signal ends. */
class AbortError extends Error {
  readonly code = 'LEVEL_ABORTED';
  override readonly name = 'AbortError';

  constructor() {
    super('Operation has been aborted');
  }
}

function contains({ gte, gt, lte, lt }: KeyRange, key: Uint8Array): boolean {
  return !(
    (gte !== undefined && compareKeys(key, gte) < 0) ||
    (gt !== undefined && compareKeys(key, gt) <= 0) ||
    (lte !== undefined && compareKeys(key, lte) > 0) ||
    (lt !== undefined && compareKeys(key, lt) >= 0)
  );
}
