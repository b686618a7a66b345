// QuantaDB's transactions in three forms: optimistic, optimistic with a wait between reading and writing, and synchronous.
import type { Bank } from './bank.js';
import { type EmbeddedDatabase, openDatabase } from './quanta/index.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class QuantaBank implements Bank {
  private db!: EmbeddedDatabase;

  constructor(
    readonly name: string,
    private readonly form: 'optimistic' | 'waiting' | 'sync',
  ) {}

  async open(path: string, accounts: number, sum: number): Promise<void> {
    this.db = await openDatabase({ path, durability: 'commit' });
    await this.db.account.putMany(Array.from({ length: accounts }, (_, id) => ({ id, sum })));
  }

  async transfer(from: number, to: number): Promise<number> {
    if (this.form === 'sync') {
      this.db.transactionSync((tx) => {
        const [a, b] = [tx.account.getSync(from)!, tx.account.getSync(to)!];
        tx.account.putSync({ id: from, sum: a.sum - 1 });
        tx.account.putSync({ id: to, sum: b.sum + 1 });
      });
      await turn();
      return 1;
    }
    let runs = 0;
    await this.db.transaction(async (tx) => {
      runs++;
      const a = (await tx.account.get(from))!;
      const b = (await tx.account.get(to))!;
      if (this.form === 'waiting') await turn();
      await tx.account.put({ id: from, sum: a.sum - 1 });
      await tx.account.put({ id: to, sum: b.sum + 1 });
    });
    return runs;
  }

  total(): number {
    return this.db.account
      .all()
      .toArraySync()
      .reduce((sum, account) => sum + account.sum, 0);
  }

  close(): Promise<void> {
    return this.db.close();
  }
}
