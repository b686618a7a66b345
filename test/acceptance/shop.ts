// The shop of fixtures/shop as a project of its own, with its database at any version.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript';
import { openEngine } from '../../runtime/engine/index.js';
import * as migrateModule from '../../runtime/migrate/index.js';
import { type RowsByEntity, readVersion, writeVersion } from '../../runtime/migrate/plain-database.js';
import type { SchemaSnapshot } from '../../runtime/migrate/snapshot.js';
import { StoredSchema } from '../../runtime/migrate/stored-schema.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { MigrationFolder } from '../../transformer/migrate/folder.js';
import { MigrationLoader } from '../../transformer/migrate/load.js';
import { Project } from './project.js';

/** Versions that the shop has had. */
export const VERSIONS = 8;

const GOLDEN = fileURLToPath(new URL('../../fixtures/shop/golden/', import.meta.url));

export class Shop extends Project {
  readonly database = join(this.path, 'data');
  private readonly loader: MigrationLoader;
  private readonly folder: MigrationFolder;

  constructor() {
    super('shop');
    this.folder = new MigrationFolder(join(this.path, 'migrations'));
    this.loader = new MigrationLoader(typescript, this.folder, migrateModule);
  }

  schema(version: number): SchemaSnapshot {
    return this.loader.snapshot(this.folder.lock.entries[version - 1]);
  }

  /** Makes the database at version 1, as code from before there were migrations has left it. */
  async seed(rows = this.golden(1)): Promise<void> {
    const engine = await openEngine({ vfs: new NodeVfs(), path: this.database, durability: 'os' });
    const [first] = this.folder.lock.entries;
    writeVersion(engine, this.schema(1), [{ ...first!, checksum: null }], rows);
    await engine.close();
  }

  async look(): Promise<{ readonly at: number; readonly rows: RowsByEntity }> {
    const engine = await openEngine({ vfs: new NodeVfs(), path: this.database, compaction: 'manual' });
    try {
      const at = new StoredSchema(engine).applied()?.at(-1)?.number ?? 0;
      return { at, rows: readVersion(engine, this.schema(at)) };
    } finally {
      await engine.close();
    }
  }

  /** The rows of a version, as they should be; with UPDATE_GOLDEN, as `found` are. */
  golden(version: number, found?: RowsByEntity): RowsByEntity {
    const file = join(GOLDEN, `${version}.json`);
    if (found !== undefined && (process.env.UPDATE_GOLDEN !== undefined || !existsSync(file))) {
      writeFileSync(file, `${JSON.stringify(found, null, 1)}\n`);
    }
    const rows: RowsByEntity = JSON.parse(readFileSync(file, 'utf8'));
    return Object.fromEntries(
      this.schema(version).entities.map(({ model }) => {
        const dates = model.fields.filter(({ type }) => type.kind === 'date').map(({ name }) => name);
        const revive = (row: Readonly<Record<string, unknown>>) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [name, dates.includes(name) ? new Date(String(value)) : value]),
          );
        return [model.name, (rows[model.name] ?? []).map(revive)];
      }),
    );
  }
}
