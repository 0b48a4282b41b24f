import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { alternate, quantile, type Row } from '../measure.js';
import { Pipeline } from './pipeline.js';

const AIRLOCK = fileURLToPath(new URL('../../../../apps/airlock/dist/main.js', import.meta.url));

/** A server that answers at once: the request with its method turned into a result. */
const ANSWERS = String.raw`BEGIN { $| = 1 } s/"method":"[a-z\/]*","params"/"result"/`;
const SERVER = ['perl', '-pe', ANSWERS];

const ROUND_TRIPS = 100;
const STREAMED = 2000;
const ROUNDS = 5;
const STARTS = 11;

interface Sides {
  readonly ours: Pipeline;
  readonly floor: Pipeline;
}

/** What the proxy adds to a message that it lets pass, there and back, against `cat` in its place. */
export async function mcp(): Promise<Row[]> {
  const ours = new Pipeline([process.execPath, AIRLOCK, 'mcp', 'proxy', '--', ...SERVER], 'node');
  const floor = new Pipeline(['sh', '-c', `cat | perl -pe '${ANSWERS}' | cat`], 'cat');
  try {
    const rows: Row[] = [];
    for (const bytes of [100, 16_384]) rows.push(...(await messages({ ours, floor }, bytes)));
    return [...rows, await firstAnswer()];
  } finally {
    await Promise.all([ours.close(), floor.close()]);
  }
}

async function messages(sides: Sides, bytes: number): Promise<Row[]> {
  const next = requestsOf(bytes);
  const each = async (pipeline: Pipeline) => {
    for (let n = 0; n < ROUND_TRIPS; n += 1) await pipeline.roundTrip(next);
  };
  const latency = await alternate(
    ROUNDS,
    () => each(sides.ours),
    () => each(sides.floor),
  );
  const spent = { ours: 0, floor: 0 };
  const streamed = async (side: keyof Sides) => {
    const before = sides[side].cpu();
    await sides[side].stream(next, STREAMED);
    spent[side] += sides[side].cpu() - before;
  };
  const stream = await alternate(
    ROUNDS,
    () => streamed('ours'),
    () => streamed('floor'),
  );
  return [...[timeRow(bytes, latency), cpuRow(bytes, spent), rateRow(bytes, stream)]];
}

interface Compared<T> {
  readonly ours: T;
  readonly floor: T;
}

function timeRow(bytes: number, { ours, floor }: Compared<number[]>): Row {
  const [a, b] = [ours, floor].map((samples) => (quantile(samples, 0.5) / ROUND_TRIPS) * 1000) as [number, number];
  return {
    what: `mcp proxy, ${bytes} bytes there and back, wall p50`,
    ours: `${a.toFixed(0)} µs`,
    floor: `${b.toFixed(0)} µs (cat)`,
    ratio: a / b,
    goal: '',
  };
}

function cpuRow(bytes: number, spent: Compared<number>): Row {
  // The first of every ten rounds warms up; its time is spent on messages all the same.
  const count = (ROUNDS + Math.ceil(ROUNDS / 10)) * STREAMED;
  const [a, b] = [spent.ours, spent.floor].map((ms) => (ms / count) * 1000) as [number, number];
  return {
    what: `mcp proxy, ${bytes} bytes there and back, CPU`,
    ours: `${a.toFixed(1)} µs`,
    floor: `${b.toFixed(1)} µs (two cats)`,
    ratio: a / b,
    goal: '',
  };
}

function rateRow(bytes: number, { ours, floor }: Compared<number[]>): Row {
  const [a, b] = [ours, floor].map((samples) => (STREAMED / quantile(samples, 0.5)) * 1000) as [number, number];
  return {
    what: `mcp proxy, messages of ${bytes} bytes answered per second`,
    ours: a.toFixed(0),
    floor: `${b.toFixed(0)} (cat)`,
    ratio: a / b,
    goal: '',
  };
}

/** From the start of the proxy to the first answer through it, against an empty Node program. */
async function firstAnswer(): Promise<Row> {
  const { ours, floor } = await alternate(
    STARTS,
    async () => {
      const pipeline = new Pipeline([process.execPath, AIRLOCK, 'mcp', 'proxy', '--', ...SERVER], 'node');
      await pipeline.roundTrip(requestsOf(100));
      await pipeline.close();
    },
    () => new Promise((resolve) => spawn(process.execPath, ['-e', '0']).once('exit', resolve)),
  );
  const [a, b] = [quantile(ours, 0.5), quantile(floor, 0.5)];
  return {
    what: 'mcp proxy, from its start to its end with one message, p50',
    ours: `${a.toFixed(0)} ms`,
    floor: `${b.toFixed(0)} ms (node -e 0)`,
    ratio: a / b,
    goal: '',
  };
}

/** Requests of so many bytes, line ends included; no two have the same id. */
function requestsOf(bytes: number): () => string {
  const text = (id: number, padding: string) =>
    `{"jsonrpc":"2.0","id":${id},"method":"completion/complete","params":{"value":"${padding}"}}\n`;
  let id = 1_000_000;
  const padding = 'x'.repeat(Math.max(0, bytes - text(id, '').length));
  return () => {
    id += 1;
    return text(id, padding);
  };
}
