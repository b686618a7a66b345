import { Index, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class City {
  @PrimaryKey() id!: number;
  @Index({ composite: ['nmae'] }) country!: string;
  @Index({ composite: ['id', 'name', 'id'] }) name!: string;
  @Index({ composite: ['population'] }) population!: number;
  @Index({ composite: ['names'] }) region!: string;
  @Index({ composite: ['population'] }) names!: string[];
}
