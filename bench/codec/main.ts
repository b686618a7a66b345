// The race of codecs: `npm run bench:codec`. Encode and decode on four shapes of rows beside JSON, msgpackr, avsc, pbf and
// v8.serialize, in turns within one process; then single fields out of encoded rows, and the validator beside zod.
import { deepStrictEqual } from 'node:assert/strict';
import { argv } from 'node:process';
import { type Contestant, median, perCall, race, table } from '../stats.js';
import { compileOurs, Encoder, encodeAll } from './ours.js';
import { type Peer, peersOf } from './peers.js';
import { SHAPES, type Shape } from './shapes.js';

const ROUNDS = Number(option('rounds') ?? 15);
/** Rows a turn; each shape has 2,000, so that no input is constant to the compiler. */
const CALLS = 4000;

let sink = 0;

for (const shape of SHAPES) {
  if (option('shape') !== undefined && !shape.name.includes(option('shape')!)) continue;
  await raceShape(shape);
}

async function raceShape(shape: Shape): Promise<void> {
  const runtime = await compileOurs(shape);
  const rows = shape.rows.map((row, i) => runtime.create({ ...row, pk: i }, 0));
  const spans = encodeAll(runtime, rows);
  const encoder = new Encoder(runtime);
  const encode: Contestant[] = [
    { name: 'QuantaDB', run: () => perCall(CALLS, (i) => encoder.encode(rows[i % rows.length]!)) },
  ];
  const decode: Contestant[] = [
    {
      name: 'QuantaDB',
      run: () =>
        perCall(CALLS, (i) => {
          sink += runtime.row.decode(spans[i % rows.length]!, i) === undefined ? 1 : 0;
        }),
    },
  ];
  const bytes = new Map([['QuantaDB', median(spans.map(({ start, end }) => end - start))]]);
  spans.forEach((span, i) => void deepStrictEqual(runtime.row.decode(span, i), rows[i]));
  for (const peer of peersOf(shape)) {
    if (option('only') !== undefined) continue;
    encode.push({
      name: peer.name,
      run: () =>
        perCall(CALLS, (i) => {
          sink += peer.encode(peer.rows[i % rows.length]!).length;
        }),
    });
    const encoded = peer.rows.map((row) => Buffer.from(peer.encode(row)));
    bytes.set(peer.name, median(encoded.map(({ length }) => length)));
    checkPeer(peer, encoded);
    decode.push({
      name: peer.name,
      run: () =>
        perCall(CALLS, (i) => {
          sink += peer.decode(encoded[i % rows.length]!) === undefined ? 1 : 0;
        }),
    });
  }
  const encoded = await race(encode, ROUNDS);
  const decoded = await race(decode, ROUNDS);
  const line = (name: string): string[] => [
    name,
    ns(encoded.get(name)!),
    ns(decoded.get(name)!),
    String(bytes.get(name)!),
  ];
  const ratio = (values: ReadonlyMap<string, number>): string => {
    const peers = [...values].filter(([name]) => name !== 'QuantaDB').map(([, value]) => value);
    return (values.get('QuantaDB')! / Math.min(...peers)).toFixed(2);
  };
  console.log(`\n${shape.name}\n`);
  const best = ['QuantaDB / best peer', ratio(encoded), ratio(decoded), ratio(bytes)];
  console.log(table(['codec', 'encode ns', 'decode ns', 'bytes'], [...[...encoded.keys()].map(line), best]));
}

/** A peer that would lose data on the way would win for nothing. */
function checkPeer(peer: Peer, encoded: readonly Buffer[]): void {
  encoded.slice(0, 20).forEach((bytes, i) => {
    const plain = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (_, inner) =>
          inner === null || inner === '' || inner === 0 || inner === false ? undefined : inner,
        ),
      );
    deepStrictEqual(plain(peer.decode(bytes)), plain(peer.rows[i]), peer.name);
  });
}

function ns(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function option(name: string): string | undefined {
  return argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

if (sink < 0) console.log(sink);
