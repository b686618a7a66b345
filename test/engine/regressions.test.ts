// Histories that once went wrong, as short as they could be made. Add what a failing run of histories or soak prints.
import { describe, it } from 'vitest';
import { type Configuration, PLAIN } from './configurations.js';
import { expectSameAnswers } from './metamorphic.js';
import type { Change, Step } from './model.js';
import { expectModel } from './properties.js';

interface Regression {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly configuration: Configuration;
}

function puts(keys: readonly string[], valueBytes: number): Change[] {
  return keys.map((key) => ({ tree: 'variable', key, value: 'v'.repeat(valueBytes) }));
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

const REGRESSIONS: readonly Regression[] = [
  {
    // A merge within L0 was cut into as many tables as it had read, and chosen again for ever.
    name: 'a load of several tables into L0, over a large L1',
    steps: [
      { do: 'write', changes: puts(LETTERS, 6000) },
      { do: 'compactAll' },
      { do: 'load', changes: puts(['a', 'b', 'y', 'z'], 10) },
      { do: 'gets', tree: 'variable', keys: LETTERS },
    ],
    configuration: { ...PLAIN, options: { ...PLAIN.options, compaction: 'auto', tableBytes: 1 } },
  },
];

describe('what once went wrong stays right', () => {
  for (const { name, steps, configuration } of REGRESSIONS) {
    it(name, async () => {
      await expectModel(steps, configuration);
      await expectSameAnswers(steps, [configuration]);
    });
  }
});
