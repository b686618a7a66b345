// The durable picture of a database: which trees and tables there are, and the one way to change that.
import { PageCache } from './cache/page-cache.js';
import { doAll } from './do-all.js';
import { tableName } from './format.js';
import type { Settings } from './options.js';
import { filterBits } from './options.js';
import type { TableWriter } from './table/table.js';
import { createTable } from './table/writer.js';
import { TableSet } from './tables.js';
import type { TreeMeta, VersionEdit } from './version/edit.js';
import type { Manifest } from './version/manifest.js';
import type { Version } from './version/version.js';

export class Store {
  readonly cache: PageCache;
  readonly tables: TableSet;
  private nextId: number;

  constructor(
    readonly options: Settings,
    private readonly manifest: Manifest,
    /** Called after every change of the version. */
    private readonly changed: (version: Version, before: Version) => void,
    /** The first commit whose state is kept, where a history is. */
    private readonly historyFrom: () => number,
  ) {
    this.cache = new PageCache(options.memory);
    this.tables = new TableSet(options.vfs, options.path, this.cache);
    this.nextId = manifest.version.nextId;
  }

  get version(): Version {
    return this.manifest.version;
  }

  /** A number for a table or tree, never given before. */
  takeId(): number {
    return this.nextId++;
  }

  /** That many numbers in a row; answers the first. */
  takeIds(count: number): number {
    const first = this.nextId;
    this.nextId += count;
    return first;
  }

  createTable(id: number, tree: TreeMeta, level: number): TableWriter {
    const { vfs, blockBytes, compression } = this.options;
    const bitsPerKey = filterBits(tree, level);
    return createTable(vfs, this.tablePath(id), id, tree, { blockBytes, compression, bitsPerKey });
  }

  removeTableFile(id: number): void {
    this.options.vfs.remove(this.tablePath(id));
  }

  /** Makes a change durable, then visible: all of it or nothing. Files of added tables must be synced. */
  install(edit: VersionEdit): void {
    const before = this.version;
    // Whatever this edit leaves out of its tables, no later opening may promise, even if the clock is set back.
    const { history } = this.version;
    const from = this.historyFrom();
    const moved = history.milliseconds > 0 && from > history.from ? { history: { ...history, from } } : {};
    const version = this.manifest.apply({ ...moved, ...edit, nextId: this.nextId });
    this.changed(version, before);
    const gone: number[] = [];
    for (const id of before.tables.keys()) if (!version.tables.has(id)) gone.push(id);
    this.tables.retire(gone);
  }

  close(): void {
    doAll(
      () => this.tables.closeAll(),
      () => this.manifest.close(),
    );
  }

  tablePath(id: number): string {
    return this.options.vfs.join(this.options.path, tableName(id));
  }
}
