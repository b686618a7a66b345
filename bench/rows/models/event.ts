import { Index, PrimaryKey, QuantaEntity } from 'quantadb';

/** A small row, for loads of many. */
@QuantaEntity()
export class Event {
  @PrimaryKey() id!: number;
  @Index({ unique: true }) code!: string;
  value!: number;
}
