import { PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Loose {
  @PrimaryKey() id!: number;
  anything!: any;
  list!: any[];
  untyped;
  nothing = null;
  empty = [];
}
