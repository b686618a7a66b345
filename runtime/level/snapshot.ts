// An explicit snapshot: abstract-level counts who reads through it, the engine keeps what it sees.
import { AbstractSnapshot } from 'abstract-level';
import type { Snapshot } from '../engine/index.js';

/** Its published types leave out what its documentation says of the constructor: options that name the owner. */
const OwnedSnapshot = AbstractSnapshot as new (options: object) => AbstractSnapshot;

export class QuantaSnapshot extends OwnedSnapshot {
  /** @internal */
  readonly view: Snapshot;

  /** @internal `options` name the database, or the sublevel, whose closing closes it. */
  constructor(options: object, view: Snapshot) {
    super(options);
    this.view = view;
  }

  /** @internal */
  async _close(): Promise<void> {
    this.view.close();
  }
}
