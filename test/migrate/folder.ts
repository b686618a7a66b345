// A project of migrations alone, without classes: what runs them needs neither a compilation nor generated code.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateCommand } from '../../cli/commands/migrate/index.js';
import { openEngine } from '../../runtime/engine/index.js';
import { type RowsByEntity, readVersion, writeVersion } from '../../runtime/migrate/plain-database.js';
import { EMPTY_SNAPSHOT, type SchemaSnapshot } from '../../runtime/migrate/snapshot.js';
import { StoredSchema } from '../../runtime/migrate/stored-schema.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { type AnswerOptions, parseAnswers } from '../../transformer/migrate/answers.js';
import { differenceOf, writeMigration } from '../../transformer/migrate/create.js';
import { MigrationFolder } from '../../transformer/migrate/folder.js';
import { textHash } from '../../transformer/migrate/lock.js';
import { runCommand } from '../cli/in-process.js';

export interface FolderVersion {
  readonly name: string;
  readonly models: readonly EntityModel[];
  readonly answers?: AnswerOptions;
  /** Text of the migration file, old to new, as its author would edit it before it runs. */
  readonly edits?: readonly (readonly [string, string])[];
}

export class MigrationsOnly {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'quantadb-migrations-')));
  readonly database = join(this.path, 'data');
  private readonly schemas: SchemaSnapshot[] = [EMPTY_SNAPSHOT];

  constructor(versions: readonly FolderVersion[]) {
    for (const { name, models, answers = {}, edits = [] } of versions) {
      const { after, up, down } = differenceOf(this.schemas.at(-1)!, models, parseAnswers(answers));
      const { file } = writeMigration(this.folder(), { name, after, up, down }, '.js');
      for (const [from, to] of edits) this.edit(file, from, to);
      this.schemas.push(after);
    }
  }

  edit(file: string, from: string, to: string): void {
    const text = readFileSync(file, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} should hold ${from}:\n${text}`);
    writeFileSync(file, text.replace(from, to));
  }

  folder(): MigrationFolder {
    return new MigrationFolder(join(this.path, 'migrations'));
  }

  /** The file of a migration. */
  file(number: number): string {
    return this.folder().migrationFile(this.folder().lock.entries[number - 1]!);
  }

  /** Makes the database at a version. */
  async seed(number: number, rows: RowsByEntity): Promise<void> {
    const folder = this.folder();
    const applied = folder.lock.entries
      .filter((entry) => entry.number <= number)
      .map((entry) => {
        const checksum = textHash(folder.read(folder.migrationFile(entry)));
        return { id: entry.id, number: entry.number, name: entry.name, checksum };
      });
    const engine = await openEngine({ vfs: new NodeVfs(), path: this.database, durability: 'os' });
    writeVersion(engine, this.schemas[number]!, applied, rows);
    await engine.close();
  }

  /** The version that the database is at, and its rows. */
  async look(): Promise<{ readonly at: number; readonly rows: RowsByEntity }> {
    const engine = await openEngine({ vfs: new NodeVfs(), path: this.database, compaction: 'manual' });
    try {
      const at = new StoredSchema(engine).applied()?.at(-1)?.number ?? 0;
      return { at, rows: readVersion(engine, this.schemas[at]!) };
    } finally {
      await engine.close();
    }
  }

  /** `quantadb migrate ...` in the project. */
  run(args: readonly string[], answers?: readonly string[]) {
    const at = { directory: this.path, ...(answers === undefined ? {} : { answers }) };
    return runCommand(migrateCommand, args, at);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
