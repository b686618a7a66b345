import { PrimaryKey, QuantaEntity } from 'quantadb';

abstract class Boxed<T> {
  @PrimaryKey() id!: number;
  content!: T;
  several!: T[];
}

// @ts-expect-error: no type argument
@QuantaEntity()
export class Raw extends Boxed {}

@QuantaEntity()
export class Generic<T> {
  @PrimaryKey() id!: number;
  value!: T;
}

// Filled in, the parameter is no problem; what it is filled in with may be.
@QuantaEntity()
export class Filled extends Boxed<string> {}

@QuantaEntity()
export class FilledWrongly extends Boxed<() => void> {}
