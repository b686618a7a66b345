import { Index, PrimaryKey } from 'quantadb';

export class Forgotten {
  @PrimaryKey() id!: number;
  @Index() name!: string;
}

export abstract class MayBeABase {
  @PrimaryKey() id!: number;
}
