// Keeps the version on disk: an append-only log of edits, begun anew as a snapshot when it has grown long. CURRENT names the
// file that counts, and is switched by a rename, so that every moment has one whole manifest.
import { CorruptionError, QuantaError, ReadOnlyError } from '../../errors.js';
import { readFrom, writeFailure } from '../../vfs/failure.js';
import type { Vfs, VfsFile } from '../../vfs/vfs.js';
import {
  CURRENT_NAME,
  FORMAT_VERSION,
  manifestName,
  manifestNumber,
  otherFormat,
  tableId,
  walSlot,
} from '../format.js';
import { readCurrent, stageCurrent, switchCurrent } from './current.js';
import type { VersionEdit } from './edit.js';
import { decodeEdit } from './edit-codec.js';
import {
  decodeManifestHeader,
  encodeFrame,
  encodeManifest,
  FRAME_HEADER_BYTES,
  frameEnd,
  hasFrameBehind,
  MANIFEST_HEADER_BYTES,
} from './manifest-log.js';
import { Version } from './version.js';

/** A manifest is begun anew when it is longer than this and than {@link REWRITE_RATIO} times its first snapshot. In bytes. */
const REWRITE_BYTES = 64 * 1024;
const REWRITE_RATIO = 4;

/**
 * The version of a database directory, durably. `loadXxh3` must have finished, and the directory must exist and be locked.
 *
 * @example
 * const manifest = Manifest.open(vfs, directory);
 * manifest.apply({ addTrees: [{ id: manifest.version.nextId, name: 'User', keySize: 8 }], nextId: manifest.version.nextId + 1 });
 */
export class Manifest {
  /** Bytes behind the last whole edit when this was opened: of an edit that a crash has cut. */
  readonly tornBytes: number;
  /** Whether the directory held no database before. */
  readonly isNew: boolean;
  private current = Version.EMPTY;
  private file: VfsFile | undefined;
  private number: number;
  /** Where the next frame goes. */
  private end = 0;
  private snapshotBytes = 0;
  private failure: unknown;

  private constructor(
    private readonly vfs: Vfs,
    private readonly directory: string,
  ) {
    const current = readCurrent(vfs, directory);
    this.isNew = current === undefined;
    this.number = current?.number ?? 0;
    if (current === undefined) refuseOrphans(vfs, directory);
    this.tornBytes = current === undefined ? 0 : this.load(current.durableBytes);
  }

  /**
   * Reads the directory's version, or begins an empty one. Throws CorruptionError (QDB4010), or StorageError (QDB4011) for
   * another format version.
   */
  static open(vfs: Vfs, directory: string): Manifest {
    const manifest = new Manifest(vfs, directory);
    if (!manifest.isNew) return manifest;
    try {
      manifest.rewrite(manifest.current);
    } catch (error) {
      manifest.abandon();
      throw error;
    }
    return manifest;
  }

  /** The last version that is durable. */
  get version(): Version {
    return this.current;
  }

  /**
   * Makes the version after `edit` durable, and returns it. New tables must be synced before; their names are made durable
   * here. Throws StorageError (QDB4012) for an edit that contradicts the version. When the disk is full (DiskFullError,
   * QDB4060) or a write fails, the old version stays and the next edit may succeed. After a failed sync it can't be known
   * which version a reopen will find, and every later edit is refused (ReadOnlyError, QDB4030).
   */
  apply(edit: VersionEdit): Version {
    if (this.failure !== undefined) throw this.refusal();
    const version = this.current.apply(edit);
    if (edit.addTables !== undefined && edit.addTables.length > 0) this.vfs.syncDirectory(this.directory);
    if (this.end > Math.max(REWRITE_BYTES, REWRITE_RATIO * this.snapshotBytes)) this.rewrite(version);
    else this.append(edit);
    this.current = version;
    return version;
  }

  /**
   * Notes in CURRENT that all edits are on the disk, so that a cut manifest is known from a torn one, and closes. When it
   * throws, it is closed all the same, and only that note may be missing.
   */
  close(): void {
    try {
      if (this.failure !== undefined) return;
      stageCurrent(this.vfs, this.directory, { number: this.number, durableBytes: this.end });
      switchCurrent(this.vfs, this.directory);
    } catch (error) {
      throw writeFailure(error, 'the end of the manifest');
    } finally {
      this.file?.close();
    }
  }

  /** Closes the file and leaves everything as it is: for a database that could not be opened. */
  abandon(): void {
    this.file?.close();
  }

  private append(edit: VersionEdit): void {
    const file = this.file!;
    const frame = encodeFrame(edit, this.end);
    try {
      file.write(frame, 0, frame.length, this.end);
    } catch (error) {
      this.orDistrust(() => file.truncate(this.end));
      throw writeFailure(error, 'a version edit');
    }
    this.orDistrust(() => file.sync());
    this.end += frame.length;
  }

  /** Begins the next manifest with a snapshot of `version`, and makes it the current one. */
  private rewrite(version: Version): void {
    this.removeOthers();
    const number = this.number + 1;
    const { file, bytes } = stageManifest(this.vfs, this.directory, number, version.toEdit());
    const before = this.file;
    this.file = file;
    this.number = number;
    this.end = bytes;
    this.snapshotBytes = bytes;
    try {
      this.orDistrust(() => switchCurrent(this.vfs, this.directory));
    } finally {
      before?.close();
    }
  }

  /** Reads the current manifest; returns how many torn bytes stand behind its last whole edit. */
  private load(durableBytes: number): number {
    const { vfs, directory } = this;
    const path = vfs.join(directory, manifestName(this.number));
    if (!vfs.exists(path)) throw new CorruptionError(path, 0, 'it is missing, though CURRENT names it');
    const file = vfs.open(path, 'write');
    this.file = file;
    try {
      const bytes = Buffer.alloc(file.size());
      const filled = readFrom(file, bytes, 0, bytes.length, 0);
      this.replay(path, bytes.subarray(0, filled), durableBytes);
      // The next edit may be shorter than the torn one.
      if (filled > this.end) file.truncate(this.end);
      // What was read may be in the kernel's cache only, if a process died before its sync; from here on it is relied on.
      file.sync();
      vfs.syncDirectory(directory);
      return filled - this.end;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  private replay(path: string, bytes: Buffer, durableBytes: number): void {
    const version = decodeManifestHeader(bytes);
    if (version === undefined) throw new CorruptionError(path, 0, 'it does not begin as a manifest');
    if (version !== FORMAT_VERSION) throw otherFormat(path, version);
    let at = MANIFEST_HEADER_BYTES;
    for (let end = frameEnd(bytes, at); end > 0; end = frameEnd(bytes, at)) {
      try {
        this.current = this.current.apply(decodeEdit(bytes, at + FRAME_HEADER_BYTES, end));
      } catch (error) {
        if (error instanceof QuantaError) throw new CorruptionError(path, at, error.message, { cause: error });
        throw error;
      }
      if (at === MANIFEST_HEADER_BYTES) this.snapshotBytes = end;
      at = end;
    }
    // An edit is written when the one before is on the disk, so only the last can be torn.
    if (at < durableBytes || hasFrameBehind(bytes, at))
      throw new CorruptionError(path, at, 'a version edit is not whole');
    this.end = at;
  }

  /** Removes every manifest but the current one. */
  private removeOthers(): void {
    for (const name of this.vfs.list(this.directory)) {
      const number = manifestNumber(name);
      if (number !== undefined && number !== this.number) this.vfs.remove(this.vfs.join(this.directory, name));
    }
  }

  /**
   * When `step` fails, it can't be known what a reopen will find, so nothing may be built upon it: ReadOnlyError, even if the
   * disk was only full, for then the tables of an edit must stay in case that it is found.
   */
  private orDistrust(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.failure = error;
      throw this.refusal();
    }
  }

  private refusal(): ReadOnlyError {
    return new ReadOnlyError(
      'QDB4030',
      `The manifest in ${this.directory} can't be trusted after a failed write or sync. Reopen the database to go on.`,
      { cause: this.failure },
    );
  }
}

/**
 * Writes manifest `number`, which begins with `snapshot`, and stages CURRENT for it; answers the open file and its size. It
 * counts from `switchCurrent` on; until then the next rewrite removes it.
 */
export function stageManifest(
  vfs: Vfs,
  directory: string,
  number: number,
  snapshot: VersionEdit,
): { file: VfsFile; bytes: number } {
  const bytes = encodeManifest(snapshot);
  let file: VfsFile | undefined;
  try {
    file = vfs.open(vfs.join(directory, manifestName(number)), 'create');
    file.write(bytes, 0, bytes.length, 0);
    file.sync();
    stageCurrent(vfs, directory, { number, durableBytes: bytes.length });
    return { file, bytes: bytes.length };
  } catch (error) {
    file?.close();
    throw writeFailure(error, 'a new manifest');
  }
}

/** Without CURRENT, a directory may hold what a crash left of the very first manifest, and nothing else of ours. */
function refuseOrphans(vfs: Vfs, directory: string): void {
  for (const name of vfs.list(directory)) {
    if (tableId(name) === undefined && walSlot(name) === undefined && !((manifestNumber(name) ?? 0) > 1)) continue;
    throw new CorruptionError(vfs.join(directory, CURRENT_NAME), 0, `it is missing, though ${name} is there`);
  }
}
