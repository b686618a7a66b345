// Applies what analysis and lowering found to a source file as text, with a source map. Markers are blanked at equal length,
// so that whatever stands behind them stays where it is.
import MagicString, { type SourceMap } from 'magic-string';
import type { MarkerSpan } from '../analyze/index.js';
import type { Edit } from '../query/index.js';

export interface EditedText {
  readonly code: string;
  readonly map: SourceMap;
}

/** `text` without the markers and with the edits; the map leads back to `fileName`. */
export function editText(
  fileName: string,
  text: string,
  markers: readonly MarkerSpan[],
  edits: readonly Edit[],
): EditedText {
  const edited = new MagicString(text, { filename: fileName });
  for (const span of markers) edited.update(span.start, span.end, blank(text, span));
  for (const { position, text: inserted } of edits) edited.appendLeft(position, inserted);
  return {
    code: edited.toString(),
    map: edited.generateMap({ source: fileName, includeContent: true, hires: 'boundary' }),
  };
}

/** What, after a member that ends without a semicolon, would be read as going on with it. */
const GOES_ON = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*(?:\[|(?:in|instanceof)\b)/;

/** Spaces for all but line ends; a statement, and a decorator that kept two members apart, leave a semicolon. */
function blank(text: string, { kind, start, end }: MarkerSpan): string {
  const spaces = text.slice(start, end).replace(/[^\r\n\u2028\u2029]/g, ' ');
  const keepsApart = kind === 'statement' || (kind === 'decorator' && GOES_ON.test(text.slice(end)));
  return keepsApart ? `;${spaces.slice(1)}` : spaces;
}
