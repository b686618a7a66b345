import { PrimaryKey, QuantaEntity } from 'quantadb';
import type { Missing } from './does-not-exist.js';

@QuantaEntity()
export class Order {
  @PrimaryKey() id!: number;
  customer!: Missing;
  // @ts-expect-error: no such name
  lines!: OrderLine[];
}
