// The lock on a database directory, out of what Node has: no flock, but an atomic link(2).
//
// The files LOCK.000001, LOCK.000002, ... are generations; the one with the highest number tells who owns the directory:
// process id, and the start of that process, so that another process with a recycled id is not taken for it. An empty file
// says that the lock was released. To take the lock, a complete file is linked to the name of the *next* generation, which
// succeeds for one contender only. The highest generation is never removed or renamed, so their numbers only grow: who acted
// on an old listing finds its number taken, or, after linking, a higher one beside it, and loses.
//
// A process lives on when one of its worker threads ends, and Node closes what that thread had open. So the owner keeps its
// generation open, and where the system tells what a process has open (Linux: /proc/<pid>/fd), a lock that its process has not
// open any more is one of a thread that has ended. An owner that has seen itself so says it in its file: HELD.
//
// Process ids mean something within one pid namespace only. Two containers, or two machines, that share a directory don't see
// each other's processes, and take the other's lock for one that a dead process left.
import {
  type BigIntStats,
  closeSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { DatabaseLockedError, StorageError } from '../errors.js';
import type { VfsLock } from './vfs.js';

/** Six digits and more, as many as a number holds exactly. */
const GENERATION = /^LOCK\.(\d{6,15})$/;
/** No opener gets so far: of a million openings a second, the last one would come in 31 years. */
const LAST_GENERATION = 999_999_999_999_999;
/** Left by a process that died while it was taking the lock. */
const CLAIM = /^LOCK\.claim-(\d+)-\d+$/;
/** Behind the owner in its file: /proc shows the file open in the owner's process for as long as the lock is held. */
const HELD = ' held';

/** How a process is told from others, of its time and of other times. */
interface Owner {
  readonly pid: number;
  /** When it started, in a form that only compares for equality; {@link UNKNOWN} where the platform doesn't tell. */
  readonly started: string;
  /** Of the process; 0 is the main one. */
  readonly thread: number;
}

const UNKNOWN = '';
const GONE = 'gone';

/**
 * Takes the lock of `directory`, which must exist. Throws DatabaseLockedError (QDB4020) when a living process holds it, and
 * StorageError (QDB4023) where nobody can ever take it.
 */
export function takeLock(directory: string): VfsLock {
  const path = realpathSync(directory);
  const claim = join(path, `LOCK.claim-${process.pid}-${threadId}`);
  // A claim of that name is of a dead process with our id, and may still be linked to the generation that it took.
  removeIfThere(claim);
  const self: Owner = { pid: process.pid, started: startOf(process.pid), thread: threadId };
  const descriptor = openSync(claim, 'wx');
  let taken = false;
  try {
    writeSync(descriptor, JSON.stringify(self));
    for (;;) {
      const seen = highestGeneration(path);
      const owner = seen === 0 ? undefined : livingOwner(join(path, generationName(seen)));
      if (owner !== undefined) {
        throw new DatabaseLockedError(directory, owner.pid, owner.pid === process.pid ? owner.thread : undefined);
      }
      if (seen === LAST_GENERATION) throw used(join(path, generationName(seen)));
      const mine = join(path, generationName(seen + 1));
      if (!link(claim, mine)) continue;
      if (highestGeneration(path) > seen + 1) {
        unlinkSync(mine);
        continue;
      }
      taken = true;
      removeLeftovers(path, seen + 1);
      if (hasOpen(process.pid, mine) === true) writeSync(descriptor, HELD);
      return { release: () => release(descriptor), isInPlace: placeOf(descriptor, mine) };
    }
  } catch (error) {
    // Emptied, not removed: see the top of this file.
    if (taken) ftruncateSync(descriptor);
    closeSync(descriptor);
    throw error;
  } finally {
    unlinkSync(claim);
  }
}

/** Tells whether the file that is open still stands under its name; where that can't be told, it does. */
function placeOf(descriptor: number, path: string): () => boolean {
  const isThere = (): boolean => {
    const file = statSync(path, { bigint: true, throwIfNoEntry: false });
    return file !== undefined && isSame(file, fstatSync(descriptor, { bigint: true }));
  };
  return isThere() ? isThere : () => true;
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

/** The name may be gone already, with its directory. */
function release(descriptor: number): void {
  try {
    ftruncateSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function used(path: string): StorageError {
  return new StorageError(
    'QDB4023',
    `${path} was not written by QuantaDB, and no lock can follow it. If nobody has the database open, remove that file.`,
  );
}

function generationName(generation: number): string {
  return `LOCK.${String(generation).padStart(6, '0')}`;
}

/** 0 for any other name. */
function generationOf(name: string): number {
  const generation = Number(GENERATION.exec(name)?.[1] ?? 0);
  return generationName(generation) === name ? generation : 0;
}

function highestGeneration(path: string): number {
  return Math.max(0, ...readdirSync(path).map(generationOf));
}

/** False when another contender was first. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Who holds that generation; undefined when it is released, its owner is gone, or it was removed by the owner of a higher one. */
function livingOwner(path: string): Owner | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  // Anything else no living process can have linked, such as a file that lost its bytes in a power cut.
  const match = /^\{"pid":(\d+),"started":"([^"]*)"(?:,"thread":(\d+))?\}(.*)$/.exec(text);
  if (match === null) return undefined;
  const owner: Owner = { pid: Number(match[1]), started: match[2]!, thread: Number(match[3] ?? 0) };
  if (!isAlive(owner)) return undefined;
  return match[4] === HELD && hasOpen(owner.pid, path) === false ? undefined : owner;
}

/** Whether a process has the file open; undefined where that can't be told. */
function hasOpen(pid: number, path: string): boolean | undefined {
  const descriptors = `/proc/${pid}/fd`;
  try {
    const file = statSync(path, { bigint: true });
    for (const name of readdirSync(descriptors)) {
      try {
        if (isSame(statSync(join(descriptors, name), { bigint: true }), file)) return true;
      } catch (error) {
        // Closed meanwhile, as that of the listing itself.
        if (!isCode(error, 'ENOENT')) throw error;
      }
    }
    return false;
  } catch {
    return undefined;
  }
}

/**
 * Removes what the lock has superseded. The generation before the lock's own stays, so that a listing of the directory
 * that was under way, and may have missed the new name, still finds a number that is too high to be overtaken.
 */
function removeLeftovers(path: string, mine: number): void {
  for (const name of readdirSync(path)) {
    const generation = generationOf(name);
    const claim = CLAIM.exec(name);
    const superseded = generation > 0 && generation < mine - 1;
    const abandoned = claim !== null && startOf(Number(claim[1])) === GONE;
    if (superseded || abandoned) removeIfThere(join(path, name));
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

function isAlive(owner: Owner): boolean {
  const started = startOf(owner.pid);
  if (started === GONE) return false;
  return started === UNKNOWN || owner.started === UNKNOWN || started === owner.started;
}

/**
 * When a process started, or {@link GONE}, or {@link UNKNOWN} where only its existence can be told.
 * Linux: the id of this boot, and clock ticks since (field 22 of /proc/pid/stat; fields are counted behind the command's
 * name, which may hold spaces and brackets). A zombie has let go of everything and counts as gone.
 */
function startOf(pid: number): string {
  if (!hasProcess(pid)) return GONE;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return GONE;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[19]}`;
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH') || isCode(error, 'EACCES')) return UNKNOWN;
    throw error;
  }
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's.
    return isCode(error, 'EPERM');
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
