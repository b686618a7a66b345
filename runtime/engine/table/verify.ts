// Checks a whole table against itself: checksums, order, counts, index and filter. For `doctor`, backups and tests.
import { compareBytes } from '../../bytes/compare.js';
import { H1, H2, hashKey } from '../../bytes/hash.js';
import { CorruptionError } from '../../errors.js';
import { DELETED_BIT, entryCount, OFFSET_BYTES, sequenceAt, TAIL_BYTES } from './block.js';
import type { BlockSource } from './block-source.js';
import type { BloomFilter } from './filter.js';
import { keysStart } from './fixed-block.js';
import { KEY_SLACK_BYTES, readKey } from './prefix-block.js';
import type { Properties } from './properties.js';

/** Reads every block past the cache; throws CorruptionError at the first block that is damaged or contradicts the others. */
export function verifyTable(
  source: BlockSource,
  properties: Properties,
  filter: BloomFilter | null,
  path: string,
): void {
  const { index } = source;
  const { keySize } = properties;
  const key = Buffer.allocUnsafeSlow(properties.longestKey + KEY_SLACK_BYTES);
  const keyView = new DataView(key.buffer);
  const last = Buffer.allocUnsafeSlow(properties.longestKey);
  let lastLength = -1;
  let lastSequence = 0;
  let entries = 0;
  let tombstones = 0;
  let keys = 0;
  for (let block = 0; block < index.blocks; block++) {
    source.readAside(block);
    const { bytes, view, end } = source;
    const fail = (what: string): CorruptionError => new CorruptionError(path, index.storedStart(block), what);
    const count = entryCount(view, end);
    for (let entry = 0; entry < count; entry++) {
      let length = keySize;
      if (keySize > 0) {
        const at = keysStart(view, end, keySize, count) + keySize * entry;
        bytes.copy(key, 0, at, at + keySize);
      } else {
        length = readKey(bytes, view, end, entry, false, keyView);
      }
      const sequence = sequenceAt(view, end, entry);
      const order = compareBytes(last, 0, lastLength, key, 0, length);
      if (lastLength >= 0 && (order > 0 || (order === 0 && sequence >= lastSequence)))
        throw fail('keys are out of order');
      if (order !== 0 && index.find(key, 0, length) !== block) throw fail('the index leads past a key');
      hashKey(key, 0, length);
      if (filter !== null && !filter.has(H1, H2)) throw fail('the filter denies a key');
      entries++;
      if (order !== 0) keys++;
      if ((view.getUint16(end - TAIL_BYTES - OFFSET_BYTES * (count - entry), true) & DELETED_BIT) !== 0) tombstones++;
      key.copy(last, 0, 0, length);
      lastLength = length;
      lastSequence = sequence;
    }
  }
  source.forgetAside();
  if (entries !== properties.entries || tombstones !== properties.tombstones || keys !== properties.keys) {
    throw new CorruptionError(path, 0, `it holds ${entries} entries where ${properties.entries} were written`);
  }
}
