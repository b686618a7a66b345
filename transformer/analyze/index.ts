// The face of analysis: decorated classes in, schema and diagnostics out.
export type { Analysis, AnalyzeOptions, ClassSource, MarkerSpan } from './analysis.js';
