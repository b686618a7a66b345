// What the contestants of the race of transactions have to do.

/** Accounts, and the one way to move money between them. */
export interface Bank {
  readonly name: string;
  open(path: string, accounts: number, firstSum: number): Promise<void>;
  /** Durable when it resolves. Returns how often it was run: 1 without a conflict. */
  transfer(from: number, to: number): Promise<number>;
  total(): number;
  close(): Promise<void>;
}
