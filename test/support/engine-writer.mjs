// Writes numbered commits to two trees of the built engine and prints the number of each once it is durable; dies when killed.
import { openEngine } from '../../dist/runtime/engine/index.js';
import { NodeVfs } from '../../dist/runtime/vfs/node.js';

const [path, from] = process.argv.slice(2);
const engine = await openEngine({ vfs: new NodeVfs(), path, memory: 1 << 20, memtableBytes: 64 * 1024 });
const trees = ['rows', 'index'].map((name) => engine.openTree(name, { keySize: 8 }));
const value = Buffer.alloc(100, 'v');
let next = Number(from) + 1;

async function writer() {
  const batch = engine.createBatch();
  const key = Buffer.alloc(8);
  for (;;) {
    const number = next++;
    key.writeDoubleBE(number);
    batch.clear();
    for (const tree of trees) batch.put(tree, key, 8, value, 0, value.length);
    await engine.write(batch);
    // Commits become durable in order, so the number stands for all below it.
    process.stdout.write(`${number}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, writer));
