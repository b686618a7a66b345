import { Default, Ignore, Index, Name, PrimaryKey, QuantaEntity, type UInt32 } from 'quantadb';
import { Audited } from '../support/audited.js';

abstract class Identified<Key> {
  @PrimaryKey() id!: Key;
  abstract label: string;
}

abstract class Named<Key, Extra = string> extends Identified<Key> {
  @Index() name!: string;
  extra!: Extra;
  note = 'base';
  dropped!: string;
}

@QuantaEntity()
export class Person extends Named<string> {
  label!: string;
  age!: number;
  /** Declared again: keeps its place, but nothing else of the inherited one. */
  override note: string = 'child';
  @Ignore() override dropped = '';
}

@QuantaEntity()
export class Robot extends Named<UInt32, Date | null> {
  label = 'robot';
}

@QuantaEntity()
export class Invoice extends Audited {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  @Default(0) @Name('sum') total!: number;
}
