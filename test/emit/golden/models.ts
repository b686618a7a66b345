// The classes that the emitted modules beside this file are made of.
export class User {
  id!: number;
  email!: string;
  name?: string;
  lastLogin!: Date;
  isActive!: boolean;
  score!: number;
  tags!: string[];
  role!: 'admin' | 'guest';
  notes?: string | null;
  get label(): string {
    return this.email;
  }
}

export class Address {
  street!: string;
  city?: string;
  latitude!: number | null;
  verified = false;
  since!: Date;
}

export class Line {
  sku!: string;
  quantity!: number;
  prices!: number[];
  gift?: boolean;
  origin!: Address | null;
}

export const Status = { Open: 0, Paid: 1, Sent: 2 } as const;

export class Order {
  readonly region!: 'eu' | 'us';
  readonly number!: number;
  customer!: string;
  billing!: Address;
  shipping?: Address | null;
  lines!: Line[];
  ratings?: (number | null)[];
  matrix!: number[][];
  labels!: Record<string, string>;
  stops?: Record<string, Address | null>;
  total = -12n;
  receipt!: Uint8Array | null;
  extra?: unknown;
  placedAt!: Date;
  status: 0 | 1 | 2 = Status.Open;
  words!: string[];
  home!: Address;
}

export class Meter {
  id!: bigint;
  float64!: number;
  float64Maybe?: number | null;
  float32!: number;
  float32Maybe?: number | null;
  int8!: number;
  int8Maybe?: number | null;
  int16!: number;
  int16Maybe?: number | null;
  int32!: number;
  int32Maybe?: number | null;
  uint8!: number;
  uint8Maybe?: number | null;
  uint16!: number;
  uint16Maybe?: number | null;
  uint32!: number;
  uint32Maybe?: number | null;
  int64!: bigint;
  int64Maybe?: bigint | null;
  uint64!: bigint;
  uint64Maybe?: bigint | null;
  on!: boolean | null;
}

class AwkwardDate {
  id!: string;
  ["constructor"]?: string[];
  ["__proto__"]!: string;
  ["a-b"]?: string;
  ["it's"]!: string[];
  ["say \"hi\""]?: string;
  ["back\\slash`$"]!: string;
  ["line\nbreak"]?: string[];
  ["u  "]!: string;
  ["*/"]?: string;
  ["\ud800"]!: string[];
  [""]?: string;
  ["1st"]!: string;
  ["class"]?: string[];
  ["await"]!: string;
  ["toString"]?: string;
  ["row"]!: string[];
  ["out"]?: string;
  ["text"]!: string;
  ["heap"]?: string[];
  ["bytes"]!: string;
  ["view"]?: string;
  ["key"]!: string[];
  ["start"]?: string;
  ["value"]!: string;
  ["text0"]?: string[];
  ["bits1"]!: string;
  ["readStringArray"]?: string;
  ["CHOICES"]!: string[];
  ["User"]?: string;
  ["Date"]!: string;
  ["writeVarint"]?: string[];
  ["hasOwnProperty"]!: string;
  new!: AwkwardEmbedded;
  enum!: "it's" | "say \"hi\"" | "u " | "*/" | "__proto__" | "\ud800";
  literal: unknown;
}

class AwkwardEmbedded {
  ["constructor"]!: string;
  ["__proto__"]!: string;
  ["a-b"]!: string;
  ["it's"]!: string;
  ["say \"hi\""]!: string;
  ["back\\slash`$"]!: string;
  ["line\nbreak"]!: string;
  ["u  "]!: string;
  ["*/"]!: string;
  ["\ud800"]!: string;
  [""]!: string;
  ["1st"]!: string;
  ["class"]!: string;
  ["await"]!: string;
  ["toString"]!: string;
  ["row"]!: string;
  ["out"]!: string;
  ["text"]!: string;
  ["heap"]!: string;
  ["bytes"]!: string;
  ["view"]!: string;
  ["key"]!: string;
  ["start"]!: string;
  ["value"]!: string;
  ["text0"]!: string;
  ["bits1"]!: string;
  ["readStringArray"]!: string;
  ["CHOICES"]!: string;
  ["User"]!: string;
  ["Date"]!: string;
  ["writeVarint"]!: string;
  ["hasOwnProperty"]!: string;
}

export { AwkwardDate as Date, AwkwardEmbedded as ByteWriter };
