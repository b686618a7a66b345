// migrations/quantadb.lock: which migrations there are, and in what line. Two people who each add one change the same last
// line, so that version control shows them a conflict where their databases would otherwise part ways.
//
//   # comment
//   1 init <id> - <snapshot>
//   2 add_last_login <id> <id of 1> <snapshot>
//   head <id of 2>
//
// `id` is allotted when the migration is written: SHA-256 over its text, its snapshot's text and its parent. `snapshot` is the
// SHA-256 of the snapshot file, which nobody edits. Lines that a squash has replaced begin with `squashed`.
import { createHash } from 'node:crypto';
import { MigrationError } from '../../runtime/errors.js';

export interface LockEntry {
  readonly number: number;
  readonly name: string;
  readonly id: string;
  /** Null for the first, and for the one that a squash made. */
  readonly parent: string | null;
  /** SHA-256 of the snapshot file's text. */
  readonly snapshot: string;
}

export interface Lock {
  /** Oldest first. */
  readonly entries: readonly LockEntry[];
  /** What the first entry has taken the place of; empty without a squash. */
  readonly squashed: readonly LockEntry[];
}

export const LOCK_FILE = 'quantadb.lock';
export const EMPTY_LOCK: Lock = { entries: [], squashed: [] };

const HEAD = `# The line of migrations. When it conflicts, take the other side and run \`quantadb migrate rebase\`.`;

export function printLock({ entries, squashed }: Lock): string {
  const line = ({ number, name, id, parent, snapshot }: LockEntry) =>
    `${number} ${name} ${id} ${parent ?? '-'} ${snapshot}`;
  return [
    HEAD,
    ...squashed.map((entry) => `squashed ${line(entry)}`),
    ...entries.map(line),
    `head ${entries.at(-1)?.id ?? '-'}`,
    '',
  ].join('\n');
}

/** A name goes into paths: words as `migrate create` makes them, dots and dashes between at most. */
const NAME = /^\w+(?:[.-]+\w+)*$/;
const LINE = /^(squashed )?(\d{1,9}) (\S+) ([0-9a-f]{64}) (-|[0-9a-f]{64}) ([0-9a-f]{64})$/;

/** @throws MigrationError QDB3006 for text that is no lock, QDB3002 for one whose migrations don't form a line */
export function parseLock(text: string, file: string): Lock {
  if (/^(<{7}|={7}|>{7})/m.test(text)) {
    throw new MigrationError(
      'QDB3002',
      `${file} holds a merge conflict: two migrations were added side by side. Keep the other side's lines, then run \`quantadb migrate rebase\`: it puts yours behind them.`,
    );
  }
  const entries: LockEntry[] = [];
  const squashed: LockEntry[] = [];
  let head: string | undefined;
  // An editor may have marked it as UTF-8.
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    if (head === undefined && line.startsWith('head ')) {
      head = line.slice('head '.length);
      continue;
    }
    const [, isSquashed, number, name, id, parent, snapshot] = LINE.exec(line) ?? [];
    if (number === undefined || head !== undefined) throw damaged(file, `${JSON.stringify(line)} is no line of it`);
    if (!NAME.test(name!)) throw damaged(file, `${JSON.stringify(name)} is no name of a migration`);
    const list = isSquashed === undefined ? entries : squashed;
    list.push({
      number: Number(number),
      name: name!,
      id: id!,
      parent: parent === '-' ? null : parent!,
      snapshot: snapshot!,
    });
  }
  if (head !== (entries.at(-1)?.id ?? '-'))
    throw damaged(file, 'its last line names another head than its last migration');
  for (const list of [squashed, entries]) checkLine(list, file);
  return { entries, squashed };
}

/** Names the content of a migration, in its place. */
export function migrationId(text: string, snapshot: string, parent: string | null): string {
  return createHash('sha256')
    .update(`${parent ?? '-'}\n${textHash(text)}\n${textHash(snapshot)}`)
    .digest('hex');
}

/** SHA-256 of a text, whatever its line ends: version control may change them. */
export function textHash(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

function checkLine(entries: readonly LockEntry[], file: string): void {
  entries.forEach(({ number, name, parent }, i) => {
    const before = entries[i - 1];
    if (before === undefined ? parent === null : parent === before.id && number === before.number + 1) return;
    throw new MigrationError(
      'QDB3002',
      `in ${file}, migration ${number} (${name}) does not follow the one before it. Restore the file from version control; migrations that it doesn't know go behind its last one with \`quantadb migrate rebase\`.`,
    );
  });
}

function damaged(file: string, why: string): MigrationError {
  return new MigrationError('QDB3006', `${file} can't be read: ${why}. Restore it from version control.`);
}
