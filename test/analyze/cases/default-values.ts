import { Default, type Int64, type Int8, PrimaryKey, QuantaEntity, type UInt8 } from 'quantadb';

const limit = 10;

@QuantaEntity()
export class Setting {
  @PrimaryKey() id!: string;
  computed = limit * 2;
  named = limit;
  called = crypto.randomUUID();
  fixed = new Date(0);
  bytes: Uint8Array = new Uint8Array();
  infinite = Infinity;
  spread: string[] = ['a', ...['b']];
  template: string = `x${limit}`;
  byte: UInt8 = 256;
  small: Int8 = 1.5;
  long: Int64 = 9223372036854775808n;
  @Default('1') count!: number;
  @Default(null) required!: string;
  @Default(() => new Date()) text!: string;
  @Default(new Date()) once!: Date;
  @Default(() => limit) arrow!: number;
  @Default('c') choice!: 'a' | 'b';
  @Default([1, 'x']) list!: number[];
  // @ts-expect-error: TypeScript minds as well
  wrong: number = undefined;
  // @ts-expect-error
  @Default() nothing!: number;
}
declare const crypto: { randomUUID(): string };
