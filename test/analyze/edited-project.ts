// A project in memory whose files are written again and again, and its programs: each is made from the one before, as watch
// modes do it, and shares the source files that did not change.
import ts from 'typescript';
import { createHost, OPTIONS } from './compile.js';

const FOLDER = '/project';

export class EditedProject {
  private readonly texts = new Map<string, string>();
  private readonly parsed = new Map<string, ts.SourceFile>();
  private last: ts.Program | undefined;

  /** @param imported files that are in the program only where another one imports them */
  constructor(
    texts: Readonly<Record<string, string | undefined>>,
    private readonly imported: readonly string[] = [],
  ) {
    for (const [name, text] of Object.entries(texts)) this.write(name, text);
  }

  /** Undefined removes the file. */
  write(name: string, text: string | undefined): void {
    const path = `${FOLDER}/${name}`;
    if (text === undefined) this.texts.delete(path);
    else this.texts.set(path, text);
  }

  program(): ts.Program {
    const host = createHost(Object.fromEntries(this.texts), OPTIONS);
    const { getSourceFile } = host;
    host.getSourceFile = (path, ...more) => {
      const known = this.parsed.get(path);
      const isOurs = path.startsWith(FOLDER);
      if (known !== undefined && (!isOurs || known.text === this.texts.get(path))) return known;
      const file = getSourceFile(path, ...more);
      if (file !== undefined) this.parsed.set(path, file);
      return file;
    };
    const roots = [...this.texts.keys()].filter((path) => !this.imported.includes(path.slice(FOLDER.length + 1)));
    this.last = ts.createProgram(roots, OPTIONS, host, this.last);
    return this.last;
  }
}
