import { Embedded, PrimaryKey, QuantaEntity } from 'quantadb';

type Json = string | Json[];
type Deep<T> = T | Deep<T[]>;

@Embedded()
export class Branch {
  left?: Branch;
}

@Embedded()
export class Chicken {
  eggs!: Egg[];
}

@Embedded()
export class Egg {
  chicken!: Chicken | null;
}

@QuantaEntity()
export class Tree {
  @PrimaryKey() id!: number;
  root!: Branch;
  json!: Json;
  deep!: Deep<string>;
}
