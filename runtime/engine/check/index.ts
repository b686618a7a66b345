// What upper folders use of the checks.
export { type Finding, messageOf, problem } from './finding.js';
export type { Remaining } from './newest.js';
export { hex, Remains } from './remains.js';
