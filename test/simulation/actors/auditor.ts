// Sums the accounts at every sequence number: a snapshot is taken as each commit is made, and looked at some turns later.
import { UndoneError } from '../../../runtime/errors.js';
import type { TestSnapshot } from '../../support/database.js';
import { checkBank } from '../checks.js';
import type { Actor } from '../world.js';

export const auditor: Actor = async (life, world) => {
  const unaudited: TestSnapshot[] = [];
  world.onCommit = () => {
    if (life.db !== undefined) unaudited.push(life.db.snapshot());
  };
  for (;;) {
    await life.turn('auditor');
    const audited = unaudited.splice(0);
    if (audited.length === 0 || life.closing) continue;
    life.calmly(() => {
      for (const snapshot of audited) {
        try {
          checkBank(snapshot);
        } catch (error) {
          // It saw a commit that a full disk then refused, and says so: there is no such moment to audit.
          if (!(error instanceof UndoneError)) throw error;
        }
        snapshot.close();
      }
    });
    world.counts.audits += audited.length;
    world.note('auditor', `audited ${audited[0]!.sequence} to ${audited.at(-1)!.sequence}`);
  }
};
