// pbf ships no types for its compiler.
declare module 'pbf/compile' {
  /** Compiles the syntax tree of a .proto file; gives `readName(pbf)` and `writeName(row, pbf)` for each message. */
  export function compile(proto: object): Record<string, (...args: unknown[]) => unknown>;
}
