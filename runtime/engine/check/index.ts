// What upper folders use of the checks.
export { type Finding, messageOf, problem } from './finding.js';
export { hex, type Remaining, type RemainingEntries, Remains } from './remains.js';
