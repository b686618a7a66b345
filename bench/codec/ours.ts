// Our contestant: the module that the emitter writes for a shape, compiled to JavaScript and imported as an application would.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { ByteSpan, ByteWriter } from '../../runtime/bytes/writer.js';
import type { EntityRuntime } from '../../runtime/codec/codec.js';
import { embeddedClasses, emitEntityData } from '../../transformer/emit/data.js';
import { lowerFirst, ModuleScope } from '../../transformer/emit/names.js';
import type { Row, Shape } from './shapes.js';

export type Runtime = EntityRuntime<Row, number, Row>;

/** Emits, compiles and imports the codec of a shape; its files stay for those who want to read or profile them. */
export async function compileOurs({ entity }: Shape): Promise<Runtime> {
  const scope = new ModuleScope();
  const classes = [entity.name, ...embeddedClasses(entity)];
  for (const name of classes) scope.declare(name);
  const constant = scope.declare(`${lowerFirst(entity.name)}Entity`);
  const names = {
    row: entity.name,
    key: scope.declare(`${entity.name}Key`),
    input: scope.declare(`${entity.name}Input`),
    entity: constant,
    embedded: new Map(classes.map((name) => [name, name])),
  };
  const data = emitEntityData(entity, 'bench', names, scope);
  const runtime = new URL('../../runtime/codec/index.js', import.meta.url).href;
  const declared = classes.map((name) => `class ${name} {}`).join('\n');
  const text = `${scope.importStatement(runtime)}\n${declared}\n\n${data}`;
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, removeComments: false },
  });
  const folder = fileURLToPath(new URL('./generated/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const file = `${folder}${constant}.js`;
  writeFileSync(file, outputText);
  writeFileSync(file.replace(/\.js$/, '.ts.txt'), text);
  const module = (await import(pathToFileURL(file).href)) as Record<string, Runtime>;
  return module[constant]!;
}

/** Encodes into one writer after another's end, as a batch does, and starts over when it is full. */
export class Encoder {
  readonly out = new ByteWriter(1 << 20);
  constructor(private readonly runtime: Runtime) {}

  encode(row: Row): void {
    if (this.out.at > ARENA) this.out.at = 0;
    this.runtime.row.encode(row, this.out);
  }
}

const ARENA = 1 << 19;

/** The records of `rows` one behind the other, and a span over each. */
export function encodeAll(runtime: Runtime, rows: readonly Row[]): ByteSpan[] {
  const out = new ByteWriter(1 << 16);
  const ends = rows.map((row) => {
    runtime.row.encode(row, out);
    return out.at;
  });
  return ends.map((end, i) => {
    const span = new ByteSpan();
    span.bytes = out.bytes;
    span.view = out.view;
    span.start = ends[i - 1] ?? 0;
    span.end = end;
    return span;
  });
}
