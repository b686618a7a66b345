// `quantadb doctor`: says in words what is wrong with a database directory, and saves what can be saved into another one. It needs
// no generated code: the database keeps its schema.
import { loadXxh3 } from '../bytes/xxh3.js';
import { RecordUpgrade, type TreeLayouts } from '../codec/layouts.js';
import { type Finding, messageOf, problem, type Remaining, Remains } from '../engine/check/index.js';
import { type Engine, HISTORY_TREE, openEngine, requireDatabase } from '../engine/index.js';
import { DatabaseLockedError, QuantaError, StorageError } from '../errors.js';
import type { EntityModel } from '../schema/model.js';
import { parseSchema } from '../schema/parse.js';
import type { Vfs, VfsLock } from '../vfs/vfs.js';
import { EntityExamination } from './examine.js';
import { largestKey } from './key-generator.js';
import { type SavedTree, saveEntity, saveTree } from './salvage.js';
import { LAYOUTS_PREFIX } from './tree-layouts.js';

/** What `diagnose` found. */
export interface Diagnosis {
  /** Whether no finding is a problem. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
  readonly entities: readonly { readonly name: string; readonly rows: number }[];
}

/** What `repair` saved, and what it could not. */
export interface Repair {
  /** What was wrong, and so may not have been saved. */
  readonly findings: readonly Finding[];
  /** Entries that were written to each tree. */
  readonly saved: readonly SavedTree[];
}

const META = '$meta';

/** Entries of `$meta`. Keys are latin1 strings, a character a byte. */
type MetaEntries = ReadonlyMap<string, Remaining>;

/**
 * Checks every block of every table, the manifest, the log, the rows, the indexes against the rows, and the counters. Changes
 * nothing but the lock, and holds little in memory, however many rows there are. Throws DatabaseLockedError (QDB4020) when somebody has
 * the database open, StorageError QDB4018 when there is none. `now`, in milliseconds since the epoch, tells which rows have expired,
 * and so may lack index entries.
 */
export async function diagnose(vfs: Vfs, path: string, now = Date.now()): Promise<Diagnosis> {
  const lock = await begin(vfs, path);
  try {
    const remains = new Remains(vfs, path);
    remains.check();
    const { findings } = remains;
    const { models, entries } = readMeta(remains);
    const entities = models.map((model) => {
      const rows = new EntityExamination(model, remains, findings, layoutsOf(model, entries)).compareIndexes(
        goneUpTo(model, entries, now),
      );
      return { name: model.name, rows };
    });
    return { healthy: findings.every(({ severity }) => severity === 'note'), findings, entities };
  } catch (error) {
    throw readFailure(error, path);
  } finally {
    lock?.release();
  }
}

/**
 * Writes every row that still verifies to a new database in `target`, the newest version of each, with indexes built anew; other
 * trees entry by entry. `path` stays as it is. Throws as `diagnose`, and StorageError QDB4016 when `target` holds something.
 */
export async function repair(vfs: Vfs, path: string, target: string): Promise<Repair> {
  const lock = await begin(vfs, path);
  try {
    if (vfs.exists(target) && vfs.list(target).length > 0) {
      throw new StorageError('QDB4016', `${target} is not empty. Name a directory that is new or empty.`);
    }
    const remains = new Remains(vfs, path);
    remains.check();
    const engine = await openEngine({ vfs, path: target, durability: 'os' });
    try {
      return { saved: save(remains, engine), findings: remains.findings };
    } finally {
      await engine.close();
    }
  } catch (error) {
    throw readFailure(error, path);
  } finally {
    lock?.release();
  }
}

/** Damage is a finding; a disk that doesn't even list the directory, or refuses what a repair writes, is an error. */
function readFailure(error: unknown, path: string): unknown {
  if (error instanceof QuantaError || !(error instanceof Error) || !('code' in error)) return error;
  const message = `The file system failed while ${path} was looked into: ${error.message}. Check the disk, or copy what it still gives.`;
  return new StorageError('QDB4031', message, { cause: error });
}

/** What `$meta` tells of the records' layouts; {@link readMeta} has seen that it can be read. */
function layoutsOf({ storedName }: EntityModel, meta: MetaEntries): TreeLayouts | null {
  const kept = meta.get(metaKey(LAYOUTS_PREFIX + storedName));
  return kept === undefined ? null : (JSON.parse(kept.value.toString('utf8')) as TreeLayouts);
}

function metaKey(name: string): string {
  return Buffer.from(name).toString('latin1');
}

/** Rows that count their life from this date or an earlier one have expired. */
function goneUpTo({ storedName, ttl }: EntityModel, meta: MetaEntries, now: number): number {
  if (ttl === undefined) return Number.NEGATIVE_INFINITY;
  const earlier = meta.get(metaKey(`gone/${storedName}`));
  return Math.max(now - ttl.milliseconds, Number(earlier?.value.toString() ?? Number.NEGATIVE_INFINITY));
}

async function begin(vfs: Vfs, path: string): Promise<VfsLock | null> {
  await loadXxh3();
  try {
    requireDatabase(vfs, path);
    return vfs.lock(path);
  } catch (error) {
    if (error instanceof DatabaseLockedError || !isReadOnly(error)) throw readFailure(error, path);
    // On a disk that is read-only, nobody else writes either.
    return null;
  }
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EROFS' || error.code === 'EACCES');
}

function save(remains: Remains, engine: Engine): SavedTree[] {
  const { models, entries } = readMeta(remains);
  const saved = models.flatMap((model) => saveEntity(engine, model, remains, layoutsOf(model, entries)));
  if (remains.trees.has(META)) saved.push(saveTree(engine, META, null, entries.values()));
  const rebuilt = new Set(saved.map(({ tree }) => tree));
  for (const tree of remains.trees.values()) {
    // The numbers of its commits mean nothing in another database: a repair saves the present.
    if (rebuilt.has(tree.name) || tree.name === HISTORY_TREE || isDoubtfulIndex(tree.name, remains)) continue;
    saved.push(saveTree(engine, tree.name, tree.keySize, remains.entries(tree)));
  }
  // Records of earlier layouts are looked for in tables only.
  engine.flush();
  return saved;
}

/** What an index without a model may not have: then nobody can tell which of its entries are right. */
const DAMAGE = new Set(['QDB4202', 'QDB4203', 'QDB4204', 'QDB4205', 'QDB4206']);

/**
 * Whether a tree that has no model is an index, and it or its rows are damaged: a repair can neither build it nor trust it. One
 * that verifies is right as it lies. Trees with a `$` are the database's own.
 */
function isDoubtfulIndex(name: string, { trees, findings }: Remains): boolean {
  const parts = name.split('/');
  const rows = parts.map((_, i) => parts.slice(0, i).join('/')).find((prefix) => trees.has(prefix));
  if (name.startsWith('$') || rows === undefined) return false;
  return findings.some(({ code, tree }) => DAMAGE.has(code) && (tree === null || tree === name || tree === rows));
}

/**
 * The models that the database keeps, and the entries of `$meta` that make sense; what is wrong with the others is added to the
 * findings.
 */
function readMeta(remains: Remains): { models: readonly EntityModel[]; entries: MetaEntries } {
  const { findings, trees } = remains;
  const tree = trees.get(META);
  const entries = new Map<string, Remaining>();
  for (const entry of tree === undefined ? [] : remains.entries(tree)) entries.set(entry.key.toString('latin1'), entry);
  const models: EntityModel[] = [];
  for (const [key, { value }] of entries) {
    if (!key.startsWith('schema/')) continue;
    try {
      models.push(...parseSchema({ entities: [JSON.parse(value.toString('utf8'))] }).entities);
    } catch (error) {
      entries.delete(key);
      findings.push(problem('QDB4212', { tree: META }, `The schema at "${key}" can't be read: ${messageOf(error)}`));
    }
  }
  for (const [key, { value }] of entries) {
    if (!key.startsWith(LAYOUTS_PREFIX)) continue;
    try {
      new RecordUpgrade(JSON.parse(value.toString('utf8')) as TreeLayouts);
    } catch (error) {
      entries.delete(key);
      findings.push(problem('QDB4212', { tree: META }, `The layouts at "${key}" can't be read: ${messageOf(error)}`));
    }
  }
  for (const [key, { value }] of entries) {
    if (!key.startsWith('counter/')) continue;
    const name = Buffer.from(key, 'latin1').toString('utf8').slice('counter/'.length);
    const wrong = wrongCounter(
      models.find(({ storedName }) => storedName === name),
      value.toString('utf8'),
    );
    if (wrong === null) continue;
    entries.delete(key);
    findings.push(problem('QDB4213', { tree: META }, `The counter of ${name} ${wrong}.`));
  }
  const owned = new Set(
    models.flatMap((model) => [model.storedName, ...model.indexes.map(({ name }) => `${model.storedName}/${name}`)]),
  );
  for (const name of trees.keys()) {
    if (tree === undefined || name.startsWith('$') || owned.has(name)) continue;
    const left = isDoubtfulIndex(name, remains)
      ? ' Of this index or its rows something is damaged, so a repair leaves it out.'
      : '';
    findings.push(problem('QDB4212', { tree: name }, `No schema tells what the tree ${name} holds.${left}`));
  }
  return { models, entries };
}

function wrongCounter(model: EntityModel | undefined, text: string): string | null {
  if (model === undefined) return 'is of an entity that has no schema';
  if (!model.key.autoIncrement) return 'is there, though its keys are not counted';
  const type = model.fields.find(({ name }) => name === model.key.fields[0])!.type;
  const isBig = type.kind === 'bigint' || type.kind === 'int64' || type.kind === 'uint64';
  if (!(isBig ? /^-?\d+n$/ : /^-?\d+$/).test(text)) return `says "${text}", which is no key of its type`;
  const most = largestKey(type);
  return most !== null && BigInt(text.replace('n', '')) > BigInt(most)
    ? `says ${text}, and no key is above ${most}`
    : null;
}
