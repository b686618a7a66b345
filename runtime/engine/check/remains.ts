// Everything that still verifies in a database directory, read past what does not, and what was found wrong on the way. Nothing
// is written. `doctor` reports from it, `--repair` saves out of it.
import type { Vfs } from '../../vfs/vfs.js';
import { CURRENT_NAME, CURRENT_TEMPORARY_NAME, manifestNumber, tableId, tableName, walSlot } from '../format.js';
import type { TableMeta, TreeMeta } from '../version/edit.js';
import { replay } from '../wal/replay.js';
import { BatchReader } from '../write/batch.js';
import { findBlocks, type Version, versionsIn } from './block-scan.js';
import { type Finding, messageOf, note, problem } from './finding.js';
import { scanLog } from './log-scan.js';
import { type KnownVersion, scanManifest } from './manifest-scan.js';
import { newestOf, type Remaining, type VersionSource } from './newest.js';
import { checkTable } from './table-check.js';
import { locateTables } from './table-files.js';

export class Remains {
  readonly findings: Finding[] = [];
  readonly trees: ReadonlyMap<string, TreeMeta>;
  private readonly known: KnownVersion;
  /** Where each table stands, by its id; a table that is nowhere is not in it. */
  private readonly files: ReadonlyMap<number, string>;
  private readonly logged = new Map<number, Version[]>();

  /** `loadXxh3` must have finished. Reads the manifest and the log; tables are read by {@link check} and {@link entries}. */
  constructor(
    private readonly vfs: Vfs,
    private readonly directory: string,
  ) {
    this.known = scanManifest(vfs, directory, this.findings);
    this.trees = new Map([...this.known.trees.values()].map((tree) => [tree.name, tree]));
    this.files = locateTables(vfs, directory, this.known.tables);
    this.readLog();
  }

  /** Checks every table, and the manifest's figures against them. */
  check(): void {
    const { known, findings, directory, vfs } = this;
    for (const table of known.tables.values()) this.checkTable(table);
    const file = vfs.join(directory, CURRENT_NAME);
    const sequence = Math.max(0, ...[...known.tables.values()].map(({ maxSequence }) => maxSequence));
    if (sequence > known.lastSequence)
      findings.push(
        problem(
          'QDB4207',
          { file },
          `The manifest says that commit ${known.lastSequence} is the last, and a table holds commit ${sequence}.`,
        ),
      );
    const id = Math.max(0, ...known.tables.keys(), ...known.trees.keys());
    if (id >= known.nextId)
      findings.push(
        problem(
          'QDB4207',
          { file },
          `The manifest says that ${known.nextId} is the next free id, and ${id} is in use.`,
        ),
      );
    this.noteStrangers();
  }

  /** What is left of a tree, in key order. Tables are read as the walk comes to them, some blocks at a time; the log is in memory. */
  *entries(tree: TreeMeta): Generator<Remaining> {
    const sources: VersionSource[] = [];
    for (const table of this.known.tables.values()) {
      const file = this.files.get(table.id);
      if (table.treeId !== tree.id || file === undefined) continue;
      sources.push({ smallest: table.smallest, versions: this.versions(file, table, tree) });
    }
    const logged = [...(this.logged.get(tree.id) ?? [])].sort((a, b) => a.key.compare(b.key));
    if (logged.length > 0) sources.push({ smallest: logged[0]!.key, versions: logged.values() });
    yield* newestOf(sources);
  }

  private *versions(file: string, table: TableMeta, tree: TreeMeta): Generator<Version> {
    // Blocks of a load hold 0: what is theirs stands in the manifest.
    const oneSequence = table.minSequence === table.maxSequence ? table.minSequence : null;
    for (const block of findBlocks(this.vfs, file))
      for (const version of versionsIn(block, tree.keySize))
        yield oneSequence === null ? version : { ...version, sequence: oneSequence };
  }

  private checkTable(table: TableMeta): void {
    const { vfs, findings } = this;
    const named = vfs.join(this.directory, tableName(table.id));
    const file = this.files.get(table.id);
    const tree = this.known.trees.get(table.treeId)?.name ?? `number ${table.treeId}`;
    const instead = vfs.exists(named) ? 'is another table' : 'is missing';
    if (file === undefined) {
      const lost = `${named} ${instead}: ${table.entries} entries of ${tree} are lost, from key ${hex(table.smallest)} to ${hex(table.largest)}.`;
      findings.push(problem('QDB4204', { file: named, tree }, lost));
      return;
    }
    if (file !== named) {
      const moved = `${named} ${instead}: the table of ${tree} that should be there is ${file}, and a repair reads it there.`;
      findings.push(problem('QDB4205', { file: named, tree }, moved));
    }
    try {
      checkTable(vfs, file, table);
    } catch (error) {
      findings.push(problem('QDB4205', { file, tree }, messageOf(error)));
      this.tellLostBlocks(file, tree, table);
    }
  }

  private tellLostBlocks(file: string, tree: string, table: TableMeta): void {
    const keySize = this.known.trees.get(table.treeId)?.keySize ?? null;
    let next = 0;
    let behind: Buffer = Buffer.from(table.smallest);
    const tell = (below: number, before: Uint8Array): void => {
      if (below <= next) return;
      const blocks = below === next + 1 ? `Block ${next} is` : `Blocks ${next} to ${below - 1} are`;
      const range = `from key ${hex(behind)} to ${hex(before)}`;
      const lost = `${blocks} lost in ${file}: entries of ${tree} ${range} may be missing, older than they were, or deleted ones back.`;
      this.findings.push(problem('QDB4206', { file, tree }, lost));
    };
    for (const block of findBlocks(this.vfs, file)) {
      const versions = [...versionsIn(block, keySize)];
      tell(block.number, versions[0]?.key ?? behind);
      next = block.number + 1;
      behind = versions.at(-1)?.key ?? behind;
    }
    if (behind.compare(table.largest) < 0) tell(next + 1, table.largest);
  }

  private readLog(): void {
    const { vfs, directory, known } = this;
    const visit = (sequence: number, bytes: Buffer, start: number, end: number): void => {
      const reader = new BatchReader();
      reader.open(bytes, start, end);
      while (reader.next()) {
        const { keyStart, keyEnd, valueStart, valueEnd, deleted } = reader;
        const key = Buffer.from(bytes.subarray(keyStart, keyEnd));
        const value = deleted ? null : Buffer.from(bytes.subarray(valueStart, valueEnd));
        let versions = this.logged.get(reader.tree);
        if (versions === undefined) {
          versions = [];
          this.logged.set(reader.tree, versions);
        }
        versions.push({ key, sequence, value });
      }
    };
    try {
      const { tornBytes } = replay(vfs, directory, known.walFrom, known.walDurable, visit);
      if (tornBytes > 0)
        this.findings.push(
          note(
            'QDB4214',
            directory,
            `The log ends with ${tornBytes} bytes of a commit that a crash has cut; it was never promised.`,
          ),
        );
    } catch (error) {
      this.findings.push(problem('QDB4203', { file: directory }, messageOf(error)));
      this.logged.clear();
      scanLog(vfs, directory, known.walFrom, visit);
    }
  }

  /** Files that an opening would remove, and those of others. */
  private noteStrangers(): void {
    const { vfs, directory, known } = this;
    const located = new Set(this.files.values());
    for (const name of vfs.list(directory)) {
      const id = tableId(name);
      const isOurs =
        id !== undefined
          ? known.tables.has(id) || located.has(vfs.join(directory, name))
          : name === CURRENT_NAME || name.startsWith('LOCK.') || (manifestNumber(name) ?? walSlot(name)) !== undefined;
      if (isOurs) continue;
      const file = vfs.join(directory, name);
      const isLeft = id !== undefined || name === CURRENT_TEMPORARY_NAME;
      const what = isLeft
        ? 'is left of something that a crash ended; the next opening puts it right'
        : 'is no file of the database';
      this.findings.push(note('QDB4214', file, `${file} ${what}.`));
    }
  }
}

const SHOWN_KEY_BYTES = 24;

/** A key as people may compare it. */
export function hex(key: Uint8Array): string {
  const shown = Buffer.from(key.subarray(0, SHOWN_KEY_BYTES)).toString('hex');
  return `0x${shown}${key.length > SHOWN_KEY_BYTES ? '...' : ''}`;
}
