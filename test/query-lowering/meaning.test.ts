// A lowered expression means what its arrow means: random predicates over the whole grammar go through the real lowering of
// a real program, and then both ways over rows with every odd value, errors included. Which store runs them is a parameter.
import fc from 'fast-check';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import type { Lowering } from '../../transformer/query/index.js';
import { predicate } from './grammar.js';
import { lowerAll, showLowering } from './lower.js';
import { captured, row } from './rows.js';
import { STORES } from './stores.js';

const PREDICATES = Number(process.env.PREDICATES ?? 800);
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const ROWS = 40;

type Arrow = (row: unknown) => boolean;
type Capture = () => unknown[];

let lowered: readonly Lowering[];
/** The arrows and captured expressions as code, over given captured values. */
let loaded: { default: (values: unknown) => [Arrow, Capture][] };

beforeAll(async () => {
  const texts = fc.sample(predicate, { numRuns: PREDICATES, seed: SEED });
  const { lowered: calls } = lowerAll(texts.map((text) => `db.user.where(${text});`).join('\n'), {}, false);
  lowered = calls.filter(({ expression }) => expression !== null);
  expect(calls.length).toBe(PREDICATES);
  // Some contradict themselves (`x === null && x.includes('')`): the checker narrows them to never, and they are left alone.
  const alone = calls.filter(({ expression }) => expression === null);
  const examples = alone.slice(0, 5).map(({ predicate }) => predicate.getText());
  expect(lowered.length, examples.join('\n')).toBeGreaterThan(PREDICATES * 0.85);

  const source = lowered.map(({ predicate: arrow, captured }) => {
    const parameters = captured.map((node) => node.getText()).join(', ');
    return `[(${arrow.getText()}), () => [${parameters}]]`;
  });
  const header = "const Role = { Admin: 'admin', Guest: 'guest' }; const PATTERN = /^a/i;";
  const names = 'id, text, since, ids, names, flag, maybeText, maybeIds, range, big, idSet, next, limit';
  const named = 'const isActive = (row) => row.active && row.score > id;';
  const module = `${header} export default ({ ${names} }) => { ${named} return [${source.join(',\n')}]; };`;
  const js = ts.transpileModule(module, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  loaded = await import(`data:text/javascript,${encodeURIComponent(js.outputText)}`);
});

/** What a function gives, or the kind of error that it throws. */
function outcome(run: () => readonly number[]): readonly number[] | string {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? error.constructor.name : String(error);
  }
}

test.each(STORES)('over random predicates, rows and captured values: $name', async (store) => {
  const inputs = fc.sample(fc.tuple(captured, fc.array(row, { minLength: ROWS, maxLength: ROWS })), {
    numRuns: store.runs,
    seed: SEED,
  });
  for (const [values, rows] of inputs) {
    const held = await store.open(rows);
    try {
      loaded.default(values).forEach(([arrow, parameters], i) => {
        const { expression } = lowered[i]!;
        const meant = outcome(() => rows.flatMap((each, position) => (arrow(each) ? [position] : [])));
        const means = outcome(() => held.find(arrow, { expression: expression!, parameters }));
        if (JSON.stringify(meant) === JSON.stringify(means)) return;
        const shown = `${lowered[i]!.predicate.getText()} gives ${meant}; lowered to ${showLowering(lowered[i]!)}, ${means}`;
        expect.fail(`${shown}\nof ${fc.stringify(rows)}\nwith ${fc.stringify(values)}, SEED=${SEED}`);
      });
    } finally {
      await held.close();
    }
  }
});
