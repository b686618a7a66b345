import { PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class ByDate {
  @PrimaryKey() at!: Date;
}

@QuantaEntity()
export class ByList {
  @PrimaryKey({ composite: ['flag'] }) ids!: number[];
  flag!: boolean;
}

@QuantaEntity()
export class ByChoice {
  @PrimaryKey() kind!: 'a' | 'b';
}
