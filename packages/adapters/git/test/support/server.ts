import type { Receipt } from '@airlock/protocol';
import { judgePush, type PushVerdict, type RefLine } from '../../src/index.js';
import { cloneOf, gitFolder, type GitFolder } from './git-folder.js';
import { type Human, human, IDENTITY } from './human.js';
import { opened } from './opened.js';

/** The one whose key the server trusts. */
export const ada = human(1);
/** Somebody with a key that it does not trust. */
export const eve = human(666);

/** A server's bare repository, a clone, and pushes that are judged over the objects that they would bring. */
export interface Server {
  readonly bare: GitFolder;
  readonly clone: GitFolder;
  /** The commit that `main` has on the server. */
  readonly base: string;
  /** Puts a receipt into the clone's notes. */
  approve(
    commits: readonly string[],
    options?: Parameters<Human['approve']>[2] & { readonly by?: Human },
  ): Promise<Receipt>;
  /** What the server says to a push of `source:ref` pairs, an empty source for a deletion; takes it when it is right. */
  push(...specs: readonly string[]): Promise<PushVerdict>;
}

/** @param approvers text of `.airlock/approvers` on `main`; null for none */
export async function server(approvers: string | null = `ed25519 ${ada.publicKey} Ada\n`): Promise<Server> {
  const bare = gitFolder('--bare');
  bare.git(['config', 'airlock.repository', IDENTITY]);
  const clone = cloneOf(bare);
  clone.git(['checkout', '-q', '-b', 'main']);
  const files = approvers === null ? {} : { '.airlock/approvers': approvers };
  const base = clone.commit('Base', { 'a.txt': 'a\n', ...files });
  clone.git(['push', '-q', 'origin', 'main']);
  return {
    bare,
    clone,
    base,
    async approve(commits, { by = ada, ...options } = {}) {
      const { repository, receipts } = await opened(clone);
      const receipt = await by.approve(repository, commits, options);
      await receipts.add(receipt, commits);
      return receipt;
    },
    push: (...specs) => judged(bare, clone, specs),
  };
}

async function judged(bare: GitFolder, clone: GitFolder, specs: readonly string[]): Promise<PushVerdict> {
  const lines = specs.map((spec) => refLine(bare, clone, spec));
  const brought = lines.map(({ after }) => after).filter((id) => !/^0+$/.test(id));
  // As in a quarantine: the objects are there, no reference has moved.
  bare.git([
    '-c',
    'fetch.fsckObjects=false',
    'fetch',
    '-q',
    '--no-tags',
    '--no-write-fetch-head',
    clone.folder,
    ...brought,
  ]);
  const { repository, receipts } = await opened(bare);
  const verdict = await judgePush(lines, { repository, receipts });
  if (verdict.ok)
    for (const { ref, before, after } of lines)
      if (/^0+$/.test(after)) bare.git(['update-ref', '-d', ref, before]);
      else bare.git(['update-ref', ref, after]);
  return verdict;
}

function refLine(bare: GitFolder, clone: GitFolder, spec: string): RefLine {
  const [, source = '', ref = ''] = /^(.*):(.*)$/.exec(spec) ?? [];
  const zero = '0'.repeat(40);
  const before = bare.attempt(['rev-parse', '--verify', '--quiet', ref]);
  const after = source === '' ? zero : clone.git(['rev-parse', '--verify', source]);
  return { before: before.ok ? before.said : zero, after, ref };
}
