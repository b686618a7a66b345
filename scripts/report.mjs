// Prints `N passed, N failed`, summed over vitest's JSON reports, and exits with 1 when anything failed, or nothing ran.
// Usage: node scripts/report.mjs <1 if an earlier step failed, else 0> <report.json>...
import { readFileSync } from 'node:fs';

const [, , earlier, ...paths] = process.argv;
let passed = 0;
let failed = 0;

for (const path of paths) {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(path, 'utf8'));
    passed += numPassedTests;
    failed += Math.max(numFailedTests, Math.min(numFailedTestSuites, 1));
  } catch (error) {
    console.error(`no report at ${path}: ${error.message}`);
    failed++;
  }
}
if (earlier === '1' && failed === 0) failed = 1;

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
