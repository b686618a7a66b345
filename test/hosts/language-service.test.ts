// The tsserver plugin in a tsserver of its own, spoken to as an editor does.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestProject } from './project.js';

let project: TestProject;
let server: Tsserver;
beforeAll(async () => {
  project = TestProject.forHosts('decorators');
  project.configure({ plugins: [{ name: 'quantadb/language-service' }] });
  await project.quantadb('generate');
  project.edit('src/main.ts', "u.home?.city === 'Basel'", 'u.score > Math.random()');
  server = new Tsserver(project);
});
afterAll(() => {
  server.close();
  project.remove();
});

test('findings of classes and queries are among the diagnostics', async () => {
  const isOurs = (text: string): boolean => text.startsWith('QDB');
  expect((await server.diagnostics('src/main.ts')).filter(isOurs)).toEqual([
    expect.stringMatching(/^QDB2007: /),
    expect.stringMatching(/^QDB2002: /),
  ]);
  project.edit('src/models/user.ts', 'draft?: string;', 'draft?: string;\n  wrong!: () => void;');
  expect(await server.diagnostics('src/models/user.ts')).toContainEqual(expect.stringMatching(/^QDB1301: /));
  project.edit('src/models/user.ts', '\n  wrong!: () => void;', '');
  server.reload('src/models/user.ts');
});

test('hover over where tells what serves the query', async () => {
  expect(await server.hover('src/main.ts', 'young: db.user.where')).toMatch(
    /QuantaDB: can be answered from index age\.$/,
  );
  expect(await server.hover('src/main.ts', 'odd: db.user.where')).toMatch(/QuantaDB: not lowered/);
  expect(await server.hover('src/main.ts', 'await db.close')).not.toMatch(/QuantaDB/);
});

/** tsserver's protocol: a request is a line of JSON, an answer a line among headers. */
class Tsserver {
  private readonly child: ChildProcess;
  private readonly answered = new Map<number, (body: unknown) => void>();
  private readonly opened = new Set<string>();
  private sequence = 0;

  constructor(private readonly project: TestProject) {
    const path = project.file('node_modules/typescript/lib/tsserver.js');
    const args = [path, '--disableAutomaticTypingAcquisition', '--pluginProbeLocations', project.path];
    this.child = spawn(process.execPath, args, { cwd: project.path, stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const message: { type: string; request_seq?: number; body?: unknown } = JSON.parse(line);
      if (message.type === 'response') this.answered.get(message.request_seq ?? -1)?.(message.body);
    });
  }

  async diagnostics(name: string): Promise<string[]> {
    const body = await this.request('semanticDiagnosticsSync', { file: this.open(name) });
    return (body as { text: string }[]).map(({ text }) => text);
  }

  /** The documentation that is shown over the last character of `text`. */
  async hover(name: string, text: string): Promise<string> {
    const before = this.project.read(name).split(text)[0] + text;
    const lines = before.split('\n');
    const place = { line: lines.length, offset: lines.at(-1)!.length };
    const body = await this.request('quickinfo', { file: this.open(name), ...place });
    return (body as { documentation: string }).documentation;
  }

  /** Takes up what is on disk now. */
  reload(name: string): void {
    this.send('close', { file: this.open(name) });
    this.opened.delete(name);
    this.open(name);
  }

  close(): void {
    this.child.kill();
  }

  private open(name: string): string {
    const file = this.project.file(name);
    if (!this.opened.has(name)) this.send('open', { file, fileContent: this.project.read(name) });
    this.opened.add(name);
    return file;
  }

  private request(command: string, args: object): Promise<unknown> {
    const sequence = this.send(command, args);
    return new Promise((done) => this.answered.set(sequence, done));
  }

  private send(command: string, args: object): number {
    const seq = ++this.sequence;
    this.child.stdin!.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`);
    return seq;
  }
}
