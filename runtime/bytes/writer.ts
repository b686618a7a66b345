// A growing byte buffer with a cursor: what codecs, keys and batches append to, so that no row ever gets a Buffer of its own.

/**
 * Append-only bytes. Callers on hot paths call {@link ByteWriter.ensure} once, then write through `bytes`/`view` at `at`
 * themselves; `bytes` and `view` are replaced when the buffer grows, so read them after `ensure`.
 */
export class ByteWriter {
  bytes: Buffer;
  view: DataView;
  /** Offset of the next byte. */
  at = 0;

  constructor(capacity = 4096) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more bytes behind `at`. */
  ensure(count: number): void {
    if (this.at + count > this.bytes.length) this.grow(count);
  }

  private grow(count: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + count));
    this.bytes.copy(bytes, 0, 0, this.at);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  /** Appends `source[start, end)`. */
  append(source: Uint8Array, start = 0, end = source.length): void {
    const count = end - start;
    this.ensure(count);
    if (count < 48) {
      const { bytes, at } = this;
      for (let i = 0; i < count; i++) bytes[at + i] = source[start + i]!;
    } else {
      this.bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end), this.at);
    }
    this.at += count;
  }
}

/** A stretch of bytes inside somebody else's buffer; valid until the next call on whoever filled it in. */
export class ByteSpan {
  bytes: Buffer = EMPTY;
  view: DataView = EMPTY_VIEW;
  start = 0;
  end = 0;

  /** A copy that outlives the buffer's owner. */
  copy(): Buffer {
    const out = Buffer.allocUnsafeSlow(this.end - this.start);
    this.bytes.copy(out, 0, this.start, this.end);
    return out;
  }
}

const EMPTY = Buffer.alloc(0);
const EMPTY_VIEW = new DataView(EMPTY.buffer, EMPTY.byteOffset, 0);
