import { PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Optional {
  @PrimaryKey() id?: number;
}

@QuantaEntity()
export class Nullable {
  @PrimaryKey({ composite: ['part'] }) id!: string | null;
  part?: number;
}
