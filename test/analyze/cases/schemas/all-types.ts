import {
  Embedded,
  type Float32,
  type Int16,
  type Int32,
  type Int64,
  type Int8,
  PrimaryKey,
  QuantaEntity,
  type UInt16,
  type UInt32,
  type UInt64,
  type UInt8,
} from 'quantadb';

type Score = Int32;
type MaybeScore = Score | null;
type List<T> = T[];
type Branded = Int16 & { readonly brand: 'score' };
type Plan = 'free' | 'pro' | 'team';

enum Color {
  Red,
  Green,
  Blue = 10,
}

enum Mood {
  Good = 'good',
  Bad = 'bad',
}

const enum Flag {
  Off = -1,
  On = 1,
}

enum Mixed {
  B = 'b',
  A = 'a',
  Ten = 10,
  Two = 2,
}

const SIZES = { small: 's', large: 'l' } as const;
type Size = (typeof SIZES)[keyof typeof SIZES];

@Embedded()
export class Point {
  x!: Float32;
  y!: Float32;
  label?: string;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}

@QuantaEntity()
export class Everything {
  @PrimaryKey() id!: number;
  int8!: Int8;
  int16!: Int16;
  int32!: Int32;
  uint8!: UInt8;
  uint16!: UInt16;
  uint32!: UInt32;
  float32!: Float32;
  int64!: Int64;
  uint64!: UInt64;
  bigint!: bigint;
  number!: number;
  boolean!: boolean;
  string!: string;
  date!: Date;
  bytes!: Uint8Array;
  bytesOfBuffer!: Uint8Array<ArrayBuffer>;
  plan!: Plan;
  digit!: 3 | 1 | 2 | -1;
  color!: Color;
  red!: Color.Red;
  mood!: Mood | null;
  flag!: Flag;
  mixed!: Mixed;
  size!: Size;
  score!: Score;
  maybeScore!: MaybeScore;
  scores!: List<List<Score>>;
  tags!: string[];
  readonly readOnly!: readonly Date[];
  generic!: ReadonlyArray<number | null>;
  holes!: (string | undefined)[];
  colors!: Color[];
  point!: Point;
  points!: Array<Point>;
  maybePoint?: Point | null;
  record!: Record<string, number>;
  records!: Record<string, Record<string, boolean[]>>;
  pointsByName!: Record<string, Point>;
  indexed!: { [name: string]: Date | null };
  unknown!: unknown;
  unknowns!: unknown[];
  mixedUnion!: string | number | null;
  widened!: Int8 | Int32;
  optional?: string;
  orUndefined!: string | undefined;
  nullable!: number | null;
  both?: boolean | null;
  parenthesized!: (string | null) | undefined;
  fromImport!: import('quantadb').Int16;
  lookup!: Point['label'];
  declare declared: string;
  branded!: Branded;
  brandedLookup!: { id: Branded }['id'];
  template!: `user-${string}`;
  upper!: Uppercase<string>;
}
