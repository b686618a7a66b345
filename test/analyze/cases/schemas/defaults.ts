import { Default, Embedded, type Int64, type Int8, PrimaryKey, QuantaEntity } from 'quantadb';

enum Color {
  Red = 1,
  Green,
}

const enum Mood {
  Good = 'good',
}

@Embedded()
export class Address {
  street!: string;
  city = 'Graz';
  zip?: string;
}

@QuantaEntity()
export class Defaults {
  @PrimaryKey() id!: number;
  number = 0;
  negative = -1.5;
  text = 'a\n"b"';
  template = `plain`;
  yes = true;
  none: string | null = null;
  missing?: string = undefined;
  big = -12n;
  long: Int64 = -9223372036854775808n;
  small: Int8 = -128;
  tags: string[] = ['a', 'b'];
  empty: number[] = [];
  color = Color.Green;
  mood: Mood = Mood.Good;
  element = Color['Red'];
  record: Record<string, number> = { a: 1, 'b-c': 2 };
  anything: unknown = { deep: [1, { x: null }] };
  created = new Date();
  cast = 5 as number;
  choice: 'a' | 'b' = 'a' as const;
  address: Address = { street: 'Hauptplatz', city: 'Linz' };
  @Default('x') marked!: string;
  @Default(() => new Date()) changed!: Date;
  @Default(() => []) list!: string[];
  @Default(Color.Red) markedColor!: Color;
  @Default(10n) markedBig!: bigint;
}
