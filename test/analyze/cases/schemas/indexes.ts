import { Index, Name, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class City {
  @PrimaryKey() id!: number;
  @Index({ unique: true, caseInsensitive: true })
  @Index()
  @Index({ composite: ['country', 'population'] })
  name!: string;
  @Index() country!: string | null;
  @Index() population?: number;
  @Index() @Index({ caseInsensitive: true, composite: ['country'] }) names!: string[];
  @Index({ unique: true }) @Name('geo_hash') geoHash!: Uint8Array;
  @Index() kind!: 'town' | 'village';
  @Index() founded!: Date;
  @Index() capital!: boolean;
  @Index() area!: bigint;
}
