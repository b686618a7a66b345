import { PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Collections {
  @PrimaryKey() id!: number;
  map!: Map<string, number>;
  set!: Set<string>;
  readOnly!: ReadonlySet<string>;
  weak!: WeakMap<object, string>;
  inferred = new Map<string, number>();
}
