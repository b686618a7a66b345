// The model of a store: what every commit wrote, so that the contents at any sequence number can be told.

/** What one commit wrote; null where it deleted. */
export type Changes<Value> = ReadonlyMap<string, Value | null>;

export class History<Value> {
  /** In the order of their sequence numbers. */
  private commits: { readonly sequence: number; readonly changes: Changes<Value> }[] = [];

  commit(sequence: number, changes: Changes<Value>): void {
    if (sequence <= this.last) throw new Error(`Commit ${sequence} came after commit ${this.last}.`);
    this.commits.push({ sequence, changes });
  }

  get last(): number {
    return this.commits.at(-1)?.sequence ?? 0;
  }

  /** The number of the last commit of which `holds` is true; 0 without one. */
  lastWhere(holds: (sequence: number, changes: Changes<Value>) => boolean): number {
    return this.commits.findLast(({ sequence, changes }) => holds(sequence, changes))?.sequence ?? 0;
  }

  /** A commit that was refused, and left nothing. */
  refuse(sequence: number): void {
    this.commits = this.commits.filter((commit) => commit.sequence !== sequence);
  }

  /** All later commits were lost. */
  truncate(sequence: number): void {
    this.commits = this.commits.filter((commit) => commit.sequence <= sequence);
  }

  /** The contents as commit `sequence` left them. */
  at(sequence: number): Map<string, Value> {
    const contents = new Map<string, Value>();
    for (const commit of this.commits) {
      if (commit.sequence > sequence) break;
      for (const [key, value] of commit.changes) {
        if (value === null) contents.delete(key);
        else contents.set(key, value);
      }
    }
    return contents;
  }
}
