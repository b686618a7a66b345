// The lock on a database directory, out of what Node has: no flock, but an atomic link(2).
//
// The files LOCK.000001, LOCK.000002, ... are generations; the one with the highest number tells who owns the directory:
// process id, and the start of that process, so that another process with a recycled id is not taken for it. An empty file
// says that the lock was released. To take the lock, a complete file is linked to the name of the *next* generation, which
// succeeds for one contender only. The highest generation is never removed or renamed, so their numbers only grow: who acted
// on an old listing finds its number taken, or, after linking, a higher one beside it, and loses.
//
// Process ids mean something within one pid namespace only. Two containers, or two machines, that share a directory don't see
// each other's processes, and take the other's lock for one that a dead process left.
import { linkSync, readdirSync, readFileSync, realpathSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { DatabaseLockedError } from '../errors.js';
import type { VfsLock } from './vfs.js';

const GENERATION = /^LOCK\.(\d{6,})$/;
/** Left by a process that died while it was taking the lock. */
const CLAIM = /^LOCK\.claim-(\d+)-\d+$/;

/** How a process is told from others, of its time and of other times. */
interface Owner {
  readonly pid: number;
  /** When it started, in a form that only compares for equality; {@link UNKNOWN} where the platform doesn't tell. */
  readonly started: string;
}

const UNKNOWN = '';
const GONE = 'gone';

/** Takes the lock of `directory`, which must exist. Throws DatabaseLockedError when a living process holds it. */
export function takeLock(directory: string): VfsLock {
  const path = realpathSync(directory);
  const claim = join(path, `LOCK.claim-${process.pid}-${threadId}`);
  // A claim of that name is of a dead process with our id, and may still be linked to the generation that it took.
  removeIfThere(claim);
  const self: Owner = { pid: process.pid, started: startOf(process.pid) };
  writeFileSync(claim, JSON.stringify(self), { flag: 'wx' });
  try {
    for (;;) {
      const seen = highestGeneration(path);
      const owner = seen === 0 ? undefined : ownerOf(join(path, generationName(seen)));
      if (owner !== undefined && isAlive(owner)) throw new DatabaseLockedError(directory, owner.pid);
      const mine = join(path, generationName(seen + 1));
      if (!link(claim, mine)) continue;
      if (highestGeneration(path) > seen + 1) {
        unlinkSync(mine);
        continue;
      }
      removeLeftovers(path, seen + 1);
      return { release: () => release(mine) };
    }
  } finally {
    unlinkSync(claim);
  }
}

/** Emptied, not removed: see the top of this file. The name may be gone already, with its directory. */
function release(path: string): void {
  try {
    truncateSync(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

function generationName(generation: number): string {
  return `LOCK.${String(generation).padStart(6, '0')}`;
}

function highestGeneration(path: string): number {
  let highest = 0;
  for (const name of readdirSync(path)) {
    const match = GENERATION.exec(name);
    if (match !== null) highest = Math.max(highest, Number(match[1]));
  }
  return highest;
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

/** Who holds that generation; undefined when it is released, or was removed by the owner of a higher one. */
function ownerOf(path: string): Owner | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  return text === '' ? undefined : parseOwner(text);
}

/** Undefined for anything that no living process can have linked, such as a file that lost its bytes in a power cut. */
function parseOwner(text: string): Owner | undefined {
  const match = /^\{"pid":(\d+),"started":"([^"]*)"\}$/.exec(text);
  return match === null ? undefined : { pid: Number(match[1]), started: match[2]! };
}

/**
 * Removes what the lock has superseded. The generation before the lock's own stays, so that a listing of the directory
 * that was under way, and may have missed the new name, still finds a number that is too high to be overtaken.
 */
function removeLeftovers(path: string, mine: number): void {
  for (const name of readdirSync(path)) {
    const generation = GENERATION.exec(name);
    const claim = CLAIM.exec(name);
    const superseded = generation !== null && Number(generation[1]) < mine - 1;
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
