// A lowered expression means what its arrow means: random predicates over the whole grammar go through the real lowering of
// a real program, and then both ways over rows with every odd value, errors included.
import fc from 'fast-check';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { compile, fieldOfRow } from '../../runtime/query/evaluate.js';
import type { Expression } from '../../runtime/query/expression.js';
import { predicate } from './grammar.js';
import { lowerAll, showLowering } from './lower.js';
import { captured, row } from './rows.js';

const PREDICATES = Number(process.env.PREDICATES ?? 1500);
const ROWS = 40;
const RUNS = 12;

/** What a function gives or throws, in a form to compare: NaN is NaN, and -0 is not 0. */
function outcome(run: () => unknown): unknown {
  try {
    return !!run();
  } catch (error) {
    return error instanceof Error ? error.constructor.name : error;
  }
}

/** Where a captured expression throws, the query does. */
function compiled(expression: Expression, capture: () => unknown[]): (row: unknown) => unknown {
  let parameters: unknown[];
  try {
    parameters = capture();
  } catch (error) {
    return () => {
      throw error;
    };
  }
  return compile(expression, parameters, fieldOfRow);
}

test('over random predicates, rows and captured values', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  const texts = fc.sample(predicate, { numRuns: PREDICATES, seed });
  const { lowered: calls } = lowerAll(texts.map((text) => `db.user.where(${text});`).join('\n'), {}, false);
  const lowered = calls.filter(({ expression }) => expression !== null);
  expect(calls.length).toBe(PREDICATES);
  // Some contradict themselves (`x === null && x.includes('')`): the checker narrows them to never, and they are left alone.
  const alone = calls.filter(({ expression }) => expression === null);
  expect(
    lowered.length,
    alone
      .slice(0, 5)
      .map(({ predicate }) => predicate.getText())
      .join('\n'),
  ).toBeGreaterThan(PREDICATES * 0.85);

  const source = lowered.map(({ predicate: arrow, captured }) => {
    const parameters = captured.map((node) => node.getText()).join(', ');
    return `[(${arrow.getText()}), () => [${parameters}]]`;
  });
  const header = "const Role = { Admin: 'admin', Guest: 'guest' }; const PATTERN = /^a/i;";
  const names = 'id, text, since, ids, names, flag, maybeText, maybeIds, range, big, idSet, next, limit';
  const module = `${header} export default ({ ${names} }) => [${source.join(',\n')}];`;
  const js = ts.transpileModule(module, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const loaded: {
    default: (values: unknown) => [(row: unknown) => boolean, () => unknown[]][];
  } = await import(`data:text/javascript,${encodeURIComponent(js.outputText)}`);

  const inputs = fc.sample(fc.tuple(captured, fc.array(row, { minLength: ROWS, maxLength: ROWS })), {
    numRuns: RUNS,
    seed,
  });
  for (const [values, rows] of inputs) {
    loaded.default(values).forEach(([arrow, capture], i) => {
      const evaluate = compiled(lowered[i]!.expression!, capture);
      for (const each of rows) {
        const [meant, means] = [outcome(() => arrow(each)), outcome(() => evaluate(each))];
        if (meant === means) continue;
        const shown = `${lowered[i]!.predicate.getText()} gives ${meant}; lowered to ${showLowering(lowered[i]!)}, ${means}`;
        expect.fail(`${shown}\nof ${fc.stringify(each)}\nwith ${fc.stringify(values)}, SEED=${seed}`);
      }
    });
  }
}, 60_000);
