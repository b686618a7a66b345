// Iteration over an answer row by row. A class in place of a generator, which would be resumed for each row: a tenth of a scan.
import { UndoneError } from '../errors.js';
import type { HeldView, View } from '../query/view.js';

/** Makes the pages of an answer as `view` shows it; returned early, it releases what it holds. */
export type PageSource<Out> = (view: View) => Generator<Out[]>;

/** What generators inherit from too: whatever the runtime gives all iterators. */
const IteratorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf([].values()));

/** Holds the view from the first row to the last, or until it is returned or fails. */
export class RowIterator<Out> implements IterableIterator<Out, undefined, undefined> {
  static {
    Object.setPrototypeOf(RowIterator.prototype, IteratorPrototype);
  }

  private page: readonly Out[] = [];
  private at = 0;
  private held: HeldView | null = null;
  private pages: Generator<Out[]> | null = null;
  private ended = false;

  constructor(
    private readonly view: View,
    private readonly open: PageSource<Out>,
  ) {}

  next(): IteratorResult<Out, undefined> {
    if (this.at === this.page.length && !this.turn()) return { value: undefined, done: true };
    return { value: this.page[this.at++]!, done: false };
  }

  return(): IteratorResult<Out, undefined> {
    this.end();
    return { value: undefined, done: true };
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** To the next page; false when there is none. */
  private turn(): boolean {
    if (this.ended) return false;
    try {
      this.held ??= this.view.hold();
      this.pages ??= this.open(this.held);
      const { value, done } = this.pages.next();
      if (done !== true) {
        this.page = value;
        this.at = 0;
        return true;
      }
      // Rows of a page are in memory, where no refused commit goes away.
      if (this.held.isUndone) throw new UndoneError('query');
    } catch (error) {
      this.end();
      throw error;
    }
    this.end();
    return false;
  }

  private end(): void {
    this.ended = true;
    this.page = [];
    this.at = 0;
    try {
      this.pages?.return(undefined);
    } finally {
      this.held?.close();
      this.held = null;
      this.pages = null;
    }
  }
}
