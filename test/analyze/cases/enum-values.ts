import { PrimaryKey, QuantaEntity } from 'quantadb';

enum Level {
  Low = 1,
  High = 'high'.length,
}

enum Endless {
  All = 1 / 0,
}

@QuantaEntity()
export class Reading {
  @PrimaryKey() id!: number;
  level!: Level;
  endless!: Endless;
}
