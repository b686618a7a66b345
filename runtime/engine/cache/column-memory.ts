// The memory that columns of tables may take: a share of the page cache's budget on top of it, for those that were used last.

/** Whose columns can be let go. */
export interface ColumnOwner {
  drop(): void;
}

export class ColumnMemory {
  used = 0;
  /** Bytes by owner, the one that was used longest ago first. */
  private readonly owners = new Map<ColumnOwner, number>();

  /** @param budget in bytes */
  constructor(readonly budget: number) {}

  /** Books `bytes` for `owner` besides what it has, at the cost of others; false when they can never fit. */
  reserve(owner: ColumnOwner, bytes: number): boolean {
    const own = this.owners.get(owner) ?? 0;
    if (own + bytes > this.budget) return false;
    for (const other of this.owners.keys()) {
      if (this.used + bytes <= this.budget) break;
      if (other !== owner) other.drop();
    }
    this.owners.set(owner, own + bytes);
    this.used += bytes;
    return true;
  }

  /** Bytes that are booked for `owner`. */
  of(owner: ColumnOwner): number {
    return this.owners.get(owner) ?? 0;
  }

  touch(owner: ColumnOwner): void {
    const bytes = this.owners.get(owner);
    if (bytes === undefined) return;
    this.owners.delete(owner);
    this.owners.set(owner, bytes);
  }

  release(owner: ColumnOwner): void {
    this.used -= this.owners.get(owner) ?? 0;
    this.owners.delete(owner);
  }
}
