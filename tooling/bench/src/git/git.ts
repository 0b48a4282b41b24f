import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openReceipts, openRepository, type Trust, verifyCommits } from '@airlock/adapter-git';
import type { ReceiptSigner } from '@airlock/testkit/receipt-signer';
import { alternate, quantile, type Row } from '../measure.js';
import { withScratch } from '../scratch.js';
import { approveEach, benchSigner } from './receipts.js';

const COMMITS = 1000;
const ROUNDS = 5;
const IDENTITY = 'example.org/bench/widgets';

/**
 * Verification of commits with one receipt each, in this process, with the built adapter, against `git log` over the same
 * range, which reads the commits and nothing else.
 */
export async function git(): Promise<Row[]> {
  return await withScratch(async (scratch) => {
    const folder = join(scratch, 'widgets');
    makeRepository(folder);
    const signer = benchSigner();
    await addReceipts(folder, signer);
    const trust: Trust = { keys: new Set([signer.publicKey]), repositories: new Set([IDENTITY]) };
    const { ours, floor } = await alternate(
      ROUNDS,
      () => verifyAll(folder, trust),
      () => execFileSync('git', ['log', '--format=%H', 'main'], { cwd: folder, stdio: 'pipe' }),
    );
    const [a, b] = [quantile(ours, 0.5), quantile(floor, 0.5)];
    return [
      {
        what: `git verify, ${COMMITS} commits with a receipt each, p50`,
        ours: `${a.toFixed(0)} ms (${(a / COMMITS).toFixed(2)} ms a commit)`,
        floor: `${b.toFixed(0)} ms (git log)`,
        ratio: a / b,
        goal: '',
      },
    ];
  });
}

async function verifyAll(folder: string, trust: Trust): Promise<void> {
  const repository = await openRepository(folder, process.env);
  try {
    const commits = await repository.commitsOf('main');
    const verdicts = await verifyCommits(commits, trust, { repository, receipts: openReceipts(repository) });
    const wrong = verdicts.find(({ ok }) => !ok);
    if (verdicts.length !== COMMITS || wrong !== undefined) throw new Error(`refused: ${wrong?.reason ?? 'too few'}`);
  } finally {
    await repository.close();
  }
}

/** Commits of one changed file each, in folders as a project has them. */
function makeRepository(folder: string): void {
  execFileSync('git', ['init', '-q', '-b', 'main', folder]);
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commits = Array.from({ length: COMMITS }, (_, index) => {
    const lines = Array.from({ length: 40 }, (__, line) => `line ${line === index % 40 ? index : line} of a file\n`);
    return [
      'commit refs/heads/main\n',
      `committer Bench <bench@example.org> ${1_772_460_000 + index} +0000\n`,
      data(`Change file ${index % 97}\n\nWith a line that says why.\n`),
      `M 100644 inline src/module-${index % 11}/file-${index % 97}.ts\n`,
      data(lines.join('')),
    ].join('');
  });
  execFileSync('git', ['fast-import', '--quiet'], { cwd: folder, input: commits.join('') });
}

/** One receipt a commit, written in one process: `add` is for a few commits at a time. */
async function addReceipts(folder: string, signer: ReceiptSigner): Promise<void> {
  const repository = await openRepository(folder, process.env);
  try {
    const notes = await approveEach(repository, { signer, identity: IDENTITY });
    const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
    const files = [...notes].map(
      ([id, line]) => `M 100644 inline ${id.slice(0, 2)}/${id.slice(2)}\n${data(`${line}\n`)}`,
    );
    const head = [
      'commit refs/notes/airlock\n',
      'committer Bench <bench@example.org> 1772460000 +0000\n',
      data('Receipts'),
    ];
    execFileSync('git', ['fast-import', '--quiet'], { cwd: folder, input: [...head, ...files].join('') });
  } finally {
    await repository.close();
  }
}
