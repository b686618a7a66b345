// Reads blocks out of another thread's page cache where they lie, without a copy and without a lock.
//
//   main thread                                   worker
//   -----------                                   ------
//   retire run: version + 1, odd ---+             find (table, block) in the directory: a run
//   fill its frames from the file   |             version, even? if not: a miss
//   publish: version + 1, even      |             use(bytes, start, end): it may see torn bytes ...
//                                   +-----------> version as before? if not: a miss, and what `use` answered is thrown away
//
// The main thread never waits for a worker and does not know of it; a worker does not keep a block in memory, nor mark it as read.
import { FrameDirectory } from './frame-directory.js';
import { FRAME_BYTES, type PageCacheHandles } from './page-cache.js';

/**
 * Looks at a block in `bytes[start, end)` and answers what it found, as a value of its own: not a view of these bytes. They may change
 * at any moment, so it must come to an end whatever stands there, and do nothing else than answer; what it throws over torn bytes is
 * of no consequence.
 */
export type BlockUse<T> = (bytes: Buffer, start: number, end: number) => T;

/** What a page cache holds, for a thread that got its `handles` by message or `workerData`. */
export class PageCacheReader {
  private readonly bytes: Buffer;
  private readonly directory: FrameDirectory;

  constructor({ memory, directory }: PageCacheHandles) {
    this.bytes = Buffer.from(memory);
    this.directory = new FrameDirectory(directory, memory.byteLength / FRAME_BYTES);
  }

  /**
   * What `use` answers for a block of a table, from the block's verified bytes; undefined when the block is not in memory or was evicted
   * meanwhile: then it is to be read from the file. Throws what `use` throws over bytes that stayed.
   *
   * @param table as the table's `id`; a number is never given to a second table of one database
   */
  read<T>(table: number, block: number, use: BlockUse<T>): T | undefined {
    const { directory } = this;
    const end = directory.find(table, block);
    if (end === 0) return undefined;
    const version = directory.version(end);
    if ((version & 1) === 1) return undefined;
    const pages = directory.pages(end, table, block);
    if (pages === 0) return undefined;
    let found: T;
    try {
      found = use(this.bytes, (end - pages) * FRAME_BYTES, end * FRAME_BYTES);
    } catch (error) {
      if (directory.holds(end, version)) throw error;
      return undefined;
    }
    return directory.holds(end, version) ? found : undefined;
  }
}
