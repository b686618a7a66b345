import { Default, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Zero {
  @PrimaryKey({ autoIncrement: true }) id = 0;
}

@QuantaEntity()
export class Named {
  @PrimaryKey() @Default('x') id!: string;
}
