// Primary keys collected from an index: packed into one buffer, sorted without an object per key, fetched page by page.
import { compareBytes, equalBytes } from '../bytes/compare.js';
import { ByteWriter } from '../bytes/writer.js';

/** Keys one behind the other in `writer.bytes`; key i ends at `ends[i]`. */
export class KeyList {
  readonly writer = new ByteWriter(1024);
  ends = new Int32Array(64);
  count = 0;

  startOf(index: number): number {
    return index === 0 ? 0 : this.ends[index - 1]!;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    this.writer.append(bytes, start, end);
    this.close();
  }

  /** Adds keys of `size` bytes that end `behind` bytes before `ends[from..to)`: a call for each takes longer than copying it. */
  addFixed(bytes: Uint8Array, ends: Int32Array, behind: number, from: number, to: number, size: number): void {
    const { writer } = this;
    writer.ensure((to - from) * size);
    while (this.count + to - from > this.ends.length) this.grow();
    const { bytes: into } = writer;
    const { ends: ownEnds } = this;
    let { at } = writer;
    for (let i = from; i < to; i++) {
      const start = ends[i]! - behind - size;
      for (let k = 0; k < size; k++) into[at + k] = bytes[start + k]!;
      at += size;
      ownEnds[this.count++] = at;
    }
    writer.at = at;
  }

  /** Makes a key of what was appended to `writer` since the last one. */
  close(): void {
    if (this.count === this.ends.length) this.grow();
    this.ends[this.count++] = this.writer.at;
  }

  private grow(): void {
    const grown = new Int32Array(this.ends.length * 2);
    grown.set(this.ends);
    this.ends = grown;
  }

  clear(): void {
    this.writer.at = 0;
    this.count = 0;
  }

  /** Puts the keys in byte order, each once. `keySize` is their size in bytes where all have the same. */
  sortDistinct(keySize: number | null): void {
    if (this.isAscending()) return;
    if (keySize === 4) this.sortWords();
    else if (keySize === 8) this.sortDoubleWords();
    else this.sortBytes();
  }

  /** Keeps the keys that `others` has too; both lists are in order, each key once. */
  retain(others: KeyList): void {
    const { bytes } = this.writer;
    const { bytes: otherBytes } = others.writer;
    const { count } = this;
    let other = 0;
    let end = 0;
    let kept = 0;
    for (let i = 0, start = 0; i < count; i++) {
      const keyEnd = this.ends[i]!;
      let order = -1;
      for (; other < others.count; other++) {
        order = compareBytes(otherBytes, others.startOf(other), others.ends[other]!, bytes, start, keyEnd);
        if (order >= 0) break;
      }
      if (order === 0 && other < others.count) {
        bytes.copyWithin(end, start, keyEnd);
        end += keyEnd - start;
        this.ends[kept++] = end;
      }
      start = keyEnd;
    }
    this.count = kept;
    this.writer.at = end;
  }

  private isAscending(): boolean {
    const { bytes } = this.writer;
    for (let i = 1; i < this.count; i++) {
      const middle = this.ends[i - 1]!;
      if (compareBytes(bytes, this.startOf(i - 1), middle, bytes, middle, this.ends[i]!) >= 0) return false;
    }
    return true;
  }

  private sortWords(): void {
    const { view } = this.writer;
    const words = new Uint32Array(this.count);
    for (let i = 0; i < this.count; i++) words[i] = view.getUint32(i * 4);
    words.sort();
    let kept = 0;
    for (let i = 0; i < words.length; i++)
      if (i === 0 || words[i] !== words[i - 1]) view.setUint32(4 * kept++, words[i]!);
    this.resize(kept, 4);
  }

  private sortDoubleWords(): void {
    const { view } = this.writer;
    const words = new BigUint64Array(this.count);
    for (let i = 0; i < this.count; i++) words[i] = view.getBigUint64(i * 8);
    words.sort();
    let kept = 0;
    for (let i = 0; i < words.length; i++)
      if (i === 0 || words[i] !== words[i - 1]) view.setBigUint64(8 * kept++, words[i]!);
    this.resize(kept, 8);
  }

  private resize(count: number, keySize: number): void {
    this.count = count;
    this.writer.at = count * keySize;
    for (let i = 0; i < count; i++) this.ends[i] = (i + 1) * keySize;
  }

  private sortBytes(): void {
    const source = Buffer.from(this.writer.bytes.subarray(0, this.writer.at));
    const ends = this.ends.slice(0, this.count);
    const startOf = (i: number) => (i === 0 ? 0 : ends[i - 1]!);
    const order = new Uint32Array(this.count).map((_, i) => i);
    order.sort((a, b) => compareBytes(source, startOf(a), ends[a]!, source, startOf(b), ends[b]!));
    this.clear();
    let last = -1;
    for (const i of order) {
      if (last < 0 || !equalBytes(source, startOf(last), ends[last]!, source, startOf(i), ends[i]!)) {
        this.add(source, startOf(i), ends[i]!);
      }
      last = i;
    }
  }
}
