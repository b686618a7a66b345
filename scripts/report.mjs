// Prints `N passed, N failed` out of vitest's JSON report and exits with 1 when anything failed, or nothing ran.
// Usage: node scripts/report.mjs <report.json> <1 if an earlier step failed, else 0>
import { readFileSync } from 'node:fs';

const [, , path, earlier] = process.argv;

function counts() {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(path, 'utf8'));
    return { passed: numPassedTests, failed: Math.max(numFailedTests, Math.min(numFailedTestSuites, 1)) };
  } catch (error) {
    console.error(`no test report: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}

const { passed, failed } = counts();
const total = failed + (earlier === '1' && failed === 0 ? 1 : 0);
console.log(`${passed} passed, ${total} failed`);
process.exitCode = total > 0 || passed === 0 ? 1 : 0;
