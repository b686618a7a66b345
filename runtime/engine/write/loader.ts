// Brings bulk loads into the version: stages their tables, and installs them when they are written.
import type { Clock } from '../clock.js';
import type { Compactor } from '../compaction/compactor.js';
import type { Store } from '../store.js';
import type { EngineTree } from '../tree.js';
import type { LoadHost } from './bulk-load.js';
import { loadLevel } from './load-level.js';
import type { LoadPart } from './load-part.js';
import { StagedLoad } from './staged-load.js';
import { TableOutput, tablesOf } from './table-output.js';

/** What loads ask of the engine, since commits and flushes meet them there. */
export interface LoaderHost {
  /** Throws unless these trees can be written to. */
  checkTrees(trees: readonly EngineTree[]): void;
  /** Makes every commit so far durable and leaves none of these trees in memory; answers the sequence for what follows them. */
  nextLoad(trees: readonly EngineTree[]): number;
  /** Runs what changes files; when it fails, the outputs are dealt with and the engine decides whether it goes on. */
  change(what: string, outputs: readonly TableOutput[], body: () => void): void;
  /** After the tables became part of the version. */
  loaded(sequence: number, outputs: readonly TableOutput[]): void;
}

export class Loader implements LoadHost {
  readonly clock: Clock;
  private readonly staged = new Set<StagedLoad>();

  constructor(
    private readonly store: Store,
    private readonly compactor: Compactor,
    private readonly host: LoaderHost,
  ) {
    this.clock = store.options.clock;
  }

  stage(parts: readonly LoadPart[]): StagedLoad {
    const { host, store } = this;
    const trees = parts.map(treeOf);
    host.checkTrees(trees);
    const outputs = parts.map((part) => new TableOutput(store, treeOf(part).meta, this.levelFor(part)));
    const guard = (work: () => void): void => {
      host.checkTrees(trees);
      host.change('a bulk load', outputs, work);
    };
    const load = new StagedLoad(parts, outputs, guard, (ended) => this.staged.delete(ended));
    this.staged.add(load);
    return load;
  }

  install(load: StagedLoad): void {
    const { parts, outputs } = load;
    const trees = parts.map(treeOf);
    let sequence: number;
    try {
      this.host.checkTrees(trees);
      // Nothing in memory may hide a loaded row, and nothing loaded may outlive a crash that an earlier commit does not.
      sequence = this.host.nextLoad(trees);
    } catch (error) {
      load.abort();
      throw error;
    }
    load.settle();
    this.host.change('a bulk load', outputs, () => {
      parts.forEach((part, i) => {
        outputs[i]!.finish(sequence, this.levelFor(part));
      });
      this.store.install({ addTables: tablesOf(outputs), lastSequence: sequence });
    });
    for (const part of parts) {
      const tree = treeOf(part);
      tree.userBytes += part.byteLength;
      tree.changes++;
    }
    this.host.loaded(sequence, outputs);
  }

  /** Removes what no load has installed. */
  abortAll(): void {
    for (const load of this.staged) load.abort();
  }

  private levelFor(part: LoadPart): number {
    const tree = treeOf(part);
    if (this.compactor.isBusyWith(tree)) return 0;
    return loadLevel(tree.view.metas, part.smallest(), part.largest(), part.byteLength, this.store.options.levelBytes);
  }
}

function treeOf(part: LoadPart): EngineTree {
  return part.tree as EngineTree;
}
