// Merges versions of keys out of several sources, and keeps the newest of each key: reading a tree past all that checks its order.
import type { Version } from './block-scan.js';

/** The newest version of a key that can be read, of those that are no deletion. */
export interface Remaining {
  readonly key: Buffer;
  readonly sequence: number;
  readonly value: Buffer;
}

/** Versions in key order. They are asked for when the merge comes to `smallest`, so that few sources are open at a time. */
export interface VersionSource {
  readonly smallest: Uint8Array;
  readonly versions: Iterator<Version>;
}

/** In key order; of equal sequence numbers the first source's, and no key whose newest version is a deletion. */
export function* newestOf(sources: readonly VersionSource[]): Generator<Remaining> {
  const waiting = [...sources].sort((a, b) => Buffer.compare(a.smallest, b.smallest));
  const heads: Head[] = [];
  try {
    for (;;) {
      let least = leastKey(heads);
      while (waiting.length > 0 && (least === null || Buffer.compare(waiting[0]!.smallest, least) <= 0)) {
        const { versions } = waiting.shift()!;
        const first = versions.next();
        if (!first.done) heads.push({ version: first.value, versions });
        least = leastKey(heads);
      }
      if (least === null) return;
      const newest = take(heads, least);
      if (newest.value !== null) yield { key: newest.key, sequence: newest.sequence, value: newest.value };
    }
  } finally {
    for (const { versions } of heads) versions.return?.();
  }
}

interface Head {
  version: Version;
  readonly versions: Iterator<Version>;
}

function leastKey(heads: readonly Head[]): Buffer | null {
  let least: Buffer | null = null;
  for (const { version } of heads) if (least === null || version.key.compare(least) < 0) least = version.key;
  return least;
}

/** The newest version of `key`; all of its versions are passed over. */
function take(heads: Head[], key: Buffer): Version {
  let newest: Version | null = null;
  for (let i = heads.length - 1; i >= 0; i--) {
    const head = heads[i]!;
    while (head.version.key.equals(key)) {
      if (newest === null || head.version.sequence > newest.sequence) newest = head.version;
      const next = head.versions.next();
      if (next.done) {
        heads.splice(i, 1);
        break;
      }
      head.version = next.value;
    }
  }
  return newest!;
}
