// `node --import quantadb/register` on a Node that can't do it. On those that can it is tested in test/deep/hosts.test.ts.
import { expect, test } from 'vitest';
import { TestProject } from './project.js';

test.skipIf('typescript' in process.features)('a Node that strips no types is told which one does', async () => {
  const project = TestProject.forHosts('define');
  try {
    const { code, stderr } = await project.node('--import', 'quantadb/register', 'src/main.ts');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/QDB1909: Node v20\S+ can't load TypeScript\. Take 22\.18 or later/);
  } finally {
    project.remove();
  }
});
