// One contestant in a process of its own, so that neither its garbage nor its compiled code touches another's. The race (main.ts)
// sends the name of a work and gets the nanoseconds of processor time that one call took.
import { deepStrictEqual } from 'node:assert/strict';
import { argv, cpuUsage } from 'node:process';
import { median } from '../stats.js';
import { fieldWorks } from './fields.js';
import { compileOurs, Encoder, encodeAll } from './ours.js';
import { type Peer, peersOf } from './peers.js';
import { SHAPES, type Shape } from './shapes.js';
import { validatorWorks, zodWorks } from './validators.js';
import type { Work, Works } from './work.js';

/** Calls a turn. */
const CALLS = 10_000;
const WARM_UP_TURNS = 8;
const answers: unknown[] = [0, 0, 0, 0];

const [shapeName, name] = argv.slice(2) as [string, string];
const shape = SHAPES.find((one) => one.name === shapeName)!;
const { bytes, works } =
  name === 'QuantaDB' ? await ours(shape) : theirs(peersOf(shape).find((one) => one.name === name)!);
for (const work of Object.values(works)) for (let turn = 0; turn < WARM_UP_TURNS; turn++) take(work);
process.on('message', (work: string) => process.send!(take(works[work]!)));
process.send!({ bytes, works: Object.keys(works) });

function take(work: Work): number {
  const before = cpuUsage();
  // The answers are kept, or the compiler might leave the work out.
  for (let i = 0; i < CALLS; i++) answers[i % answers.length] = work(i);
  const { user, system } = cpuUsage(before);
  return ((user + system) * 1000) / CALLS;
}

async function ours(shape: Shape): Promise<Works> {
  const runtime = await compileOurs(shape);
  const rows = shape.rows.map((row, i) => runtime.create({ ...row, pk: i }, 0));
  const spans = encodeAll(runtime, rows);
  spans.forEach((span, i) => {
    deepStrictEqual(runtime.row.decode(span, i), rows[i]);
  });
  const encoder = new Encoder(runtime);
  const isUsers = shape === SHAPES[0];
  return {
    bytes: median(spans.map(({ start, end }) => end - start)),
    works: {
      encode: (i) => encoder.encode(rows[i % rows.length]!),
      decode: (i) => runtime.row.decode(spans[i % rows.length]!, i),
      ...(isUsers ? { ...validatorWorks(runtime, shape), ...fieldWorks(runtime, shape) } : {}),
    },
  };
}

function theirs(peer: Peer): Works {
  const encoded = peer.rows.map((row) => Buffer.from(peer.encode(row)));
  checkPeer(peer, encoded);
  return {
    bytes: median(encoded.map(({ length }) => length)),
    works: {
      encode: (i) => peer.encode(peer.rows[i % peer.rows.length]!),
      decode: (i) => peer.decode(encoded[i % encoded.length]!),
      ...(peer.name === 'JSON' && shape === SHAPES[0] ? zodWorks(shape) : {}),
    },
  };
}

/** A peer that lost data on the way would win for nothing. Empty values are what some of them cannot tell from missing ones. */
function checkPeer(peer: Peer, encoded: readonly Buffer[]): void {
  const EMPTY: readonly unknown[] = [null, '', 0, false];
  const plain = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (_, inner) => (EMPTY.includes(inner) ? undefined : inner)));
  encoded.slice(0, 20).forEach((bytes, i) => {
    deepStrictEqual(plain(peer.decode(bytes)), plain(peer.rows[i]), peer.name);
  });
}
