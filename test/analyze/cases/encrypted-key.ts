import { AES256, Encrypted, Index, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Secret {
  @Encrypted({ algorithm: AES256 }) @PrimaryKey() id!: string;
}

@QuantaEntity()
export class Card {
  @PrimaryKey() id!: string;
  @Index() @Encrypted({ algorithm: AES256 }) number!: string;
  @Index({ composite: ['number'] }) holder!: string;
}
