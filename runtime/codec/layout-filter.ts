// The compaction filter that writes records of earlier layouts anew, as it comes by them. The merging thread loads it from this module.
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { CompactionFilter } from '../engine/api.js';
import { DROP, type EntryFilter, entryFilter, KEEP, provideFilters, REWRITE } from '../engine/index.js';
import { keptUpTo, RecordUpgrade, type TreeLayouts } from './layouts.js';

/** What {@link upgrading} is called with, in whichever thread merges. */
interface UpgradingParameters {
  readonly kept: TreeLayouts;
  /** Another filter, which is shown records of today's layout only. */
  readonly next: CompactionFilter | null;
}

const MODULE = import.meta.url;
const FACTORIES = { upgrading };

/** The filter of a tree that may hold records of earlier layouts. */
export function upgradingFilter(kept: TreeLayouts, next: CompactionFilter | null): CompactionFilter {
  provideFilters(MODULE, FACTORIES);
  const parameters: UpgradingParameters = { kept, next };
  return { kind: 'module', module: MODULE, name: 'upgrading', parameters };
}

/** A FilterFactory. */
export function upgrading(parameters: unknown): EntryFilter {
  const { kept, next } = parameters as UpgradingParameters;
  const upgrade = new RecordUpgrade(kept);
  const untouched = keptUpTo(kept);
  const judge = next === null ? null : entryFilter(next);
  const made = new ByteSpan();
  const other = new ByteWriter(16);
  return {
    judge(key, value, rewritten) {
      if (value.start < value.end && value.bytes[value.start] === upgrade.lead) {
        return judge === null ? KEEP : judge.judge(key, value, rewritten);
      }
      const verdict = value.start < value.end && value.bytes[value.start]! <= untouched ? KEEP : REWRITE;
      if (judge === null && verdict === KEEP) return KEEP;
      upgrade.upgrade(value, rewritten);
      if (judge === null) return verdict;
      made.bytes = rewritten.bytes;
      made.view = rewritten.view;
      made.end = rewritten.at;
      other.at = 0;
      return judge.judge(key, made, other) === DROP ? DROP : verdict;
    },
  };
}
