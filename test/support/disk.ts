// A model of a disk under a kernel: it keeps what was synced, and after a power cut any part of the rest that a real one could
// have written. Fed with the operations of a FaultyVfs, one by one.
//
// - Each 512-byte sector of a file holds, after the cut, some state that it went through since the last sync of the file, each
//   sector for itself: so writes are reordered, and torn at any sector.
// - A file's size is one that it went through, or more where a later sector was written.
// - A name that was created, renamed or removed since its directory was synced may have changed or not, for itself;
//   changes that touch one name keep their order.
// - A sync that takes time promises what was written before it began; what came later may be there or not.
// - What stood unsynced at a failed sync is never made durable by a later one (Linux marks the pages clean, PostgreSQL's lesson
//   of 2018): until then it may be there after a cut or not.
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { integer, type Random } from './random.js';

export const SECTOR_BYTES = 512;

export type DiskOperation =
  /** A name for a file, the first or another one. */
  | { readonly kind: 'create'; readonly path: string; readonly inode: number }
  | { readonly kind: 'write'; readonly inode: number; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly inode: number; readonly size: number }
  | { readonly kind: 'beginSync'; readonly inode: number; readonly ticket: number }
  | { readonly kind: 'sync'; readonly inode: number; readonly failed: boolean; readonly ticket?: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string }
  | { readonly kind: 'syncDirectory'; readonly path: string };

type Change = Extract<DiskOperation, { kind: 'write' | 'truncate' }>;
type Naming = Extract<DiskOperation, { kind: 'create' | 'rename' | 'remove' }>;

/** How much of what was not synced survives: nothing, everything, or a random part. */
export type Survival = 'nothing' | 'everything' | 'some';

/** Contents of a file. */
class Content {
  bytes = Buffer.alloc(0);
  size = 0;

  write(bytes: Buffer, offset: number): void {
    this.reserve(offset + bytes.length);
    bytes.copy(this.bytes, offset);
    this.size = Math.max(this.size, offset + bytes.length);
  }

  truncate(size: number): void {
    this.reserve(size);
    if (size < this.size) this.bytes.fill(0, size, this.size);
    this.size = size;
  }

  copy(): Content {
    const copy = new Content();
    copy.bytes = Buffer.from(this.bytes.subarray(0, this.size));
    copy.size = this.size;
    return copy;
  }

  private reserve(bytes: number): void {
    if (bytes <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(bytes, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.size);
    this.bytes = larger;
  }
}

class Inode {
  readonly durable = new Content();
  /** Changes since the last sync, oldest first. */
  pending: Change[] = [];
  /** How many of them a failed sync has given up. */
  lost = 0;
  /** How many changes were synced or given up by a sync that followed. */
  private settled = 0;
  /** By the tickets of syncs under way, the changes before them, counted from the first of all. */
  private readonly begun = new Map<number, number>();

  beginSync(ticket: number): void {
    this.begun.set(ticket, this.settled + this.pending.length);
  }

  sync(failed: boolean, ticket: number | undefined): void {
    const { pending, settled, lost } = this;
    let end = pending.length;
    if (ticket !== undefined) {
      end = Math.max(0, this.begun.get(ticket)! - settled);
      this.begun.delete(ticket);
    }
    if (failed) {
      this.lost = Math.max(lost, end);
      return;
    }
    for (const change of pending.slice(lost, end)) apply(this.durable, change);
    this.pending = pending.slice(end);
    this.settled += end;
    this.lost = Math.max(0, lost - end);
  }

  /** What is there after a power cut. */
  afterCut(survival: Survival, random: Random): Content {
    if (survival === 'nothing' || this.pending.length === 0) return this.durable.copy();
    const content = this.durable.copy();
    const all = this.pending.length;
    const cuts = new Map<number, number>();
    /** Of the changes to a sector (or to the size, -1), how many reached the disk. */
    const reached = (sector: number): number => {
      if (survival === 'everything') return all;
      let cut = cuts.get(sector);
      if (cut === undefined) {
        cut = integer(random, all + 1);
        cuts.set(sector, cut);
      }
      return cut;
    };
    this.pending.forEach((change, i) => {
      if (change.kind === 'truncate') {
        if (i < reached(-1)) content.truncate(change.size);
        return;
      }
      const { bytes, offset } = change;
      const end = offset + bytes.length;
      for (let at = offset; at < end; ) {
        const sector = Math.floor(at / SECTOR_BYTES);
        const next = Math.min(end, (sector + 1) * SECTOR_BYTES);
        if (i < reached(sector)) content.write(bytes.subarray(at - offset, next - offset), at);
        at = next;
      }
      if (i < reached(-1) && end > content.size) content.truncate(end);
    });
    return content;
  }
}

function apply(content: Content, change: Change): void {
  if (change.kind === 'write') content.write(change.bytes, change.offset);
  else content.truncate(change.size);
}

export class Disk {
  private readonly inodes = new Map<number, Inode>();
  private readonly directories = new Set<string>();
  /** Durable names. */
  private readonly names = new Map<string, number>();
  /** Changes of names since the last sync of their directory, oldest first. */
  private namings: Naming[] = [];

  step(operation: DiskOperation): void {
    switch (operation.kind) {
      case 'mkdir':
        this.directories.add(operation.path);
        break;
      case 'write':
      case 'truncate':
        this.inode(operation.inode).pending.push(operation);
        break;
      case 'beginSync':
        this.inode(operation.inode).beginSync(operation.ticket);
        break;
      case 'sync':
        this.inode(operation.inode).sync(operation.failed, operation.ticket);
        break;
      case 'syncDirectory':
        for (const naming of this.namings) if (parent(pathOf(naming)) === operation.path) rename(this.names, naming);
        this.namings = this.namings.filter((naming) => parent(pathOf(naming)) !== operation.path);
        break;
      default:
        if (operation.kind === 'create') this.inode(operation.inode);
        this.namings.push(operation);
    }
  }

  /** The file system that is found after a power cut at this moment. The disk itself goes on as if nothing had happened. */
  afterCut(survival: Survival, random: Random): MemoryVfs {
    const names = new Map(this.names);
    const likely = random();
    const unreached = new Set<string>();
    for (const naming of this.namings) {
      const touched = naming.kind === 'rename' ? [naming.from, naming.to] : [naming.path];
      const reached = survival === 'everything' || (survival === 'some' && random() < likely);
      if (reached && !touched.some((name) => unreached.has(name))) rename(names, naming);
      else for (const name of touched) unreached.add(name);
    }
    const vfs = new MemoryVfs();
    for (const path of this.directories) vfs.mkdir(path);
    const contents = new Map<number, Content>();
    for (const [path, inode] of names) {
      const content = contents.get(inode) ?? this.inode(inode).afterCut(survival, random);
      contents.set(inode, content);
      const file = vfs.open(path, 'create');
      file.write(content.bytes, 0, content.size, 0);
      file.close();
    }
    return vfs;
  }

  private inode(id: number): Inode {
    let inode = this.inodes.get(id);
    if (inode === undefined) {
      inode = new Inode();
      this.inodes.set(id, inode);
    }
    return inode;
  }
}

function rename(names: Map<string, number>, naming: Naming): void {
  if (naming.kind === 'create') {
    names.set(naming.path, naming.inode);
  } else if (naming.kind === 'remove') {
    names.delete(naming.path);
  } else {
    const inode = names.get(naming.from);
    if (inode === undefined) throw new Error(`${naming.from} is renamed, but is not there`);
    names.delete(naming.from);
    names.set(naming.to, inode);
  }
}

function pathOf(naming: Naming): string {
  return naming.kind === 'rename' ? naming.to : naming.path;
}

function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
