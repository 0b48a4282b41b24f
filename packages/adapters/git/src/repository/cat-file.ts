import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { GitError } from '../errors.js';
import type { GitProgram } from './git-program.js';

/** What git says about an object: its content only where it was asked for. */
export interface CatAnswer {
  readonly type: string;
  readonly size: number;
  readonly bytes: Buffer;
}

interface Question {
  readonly id: string;
  readonly resolve: (answer: CatAnswer | null) => void;
  readonly reject: (error: GitError) => void;
}

const HEADER = /^([0-9a-f]+) (?:missing|([a-z]+) (\d+))$/;
const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);

/** One long-lived `git cat-file`, asked by object ids only, so that no name is looked up. */
export class CatFile {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #withContent: boolean;
  readonly #questions: Question[] = [];
  readonly #closed: Promise<void>;
  #unsent = '';
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes without which there is nothing to look at. */
  #needed = 1;
  #failure: GitError | null = null;
  #errors = '';

  /** @param mode `--batch` gives contents, `--batch-check` only types and sizes */
  constructor(git: GitProgram, mode: '--batch' | '--batch-check') {
    this.#withContent = mode === '--batch';
    this.#child = git.start(['cat-file', mode]);
    const child = this.#child;
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString('utf8')).slice(-1000);
    });
    child.stdin.on('error', () => undefined);
    child.on('error', (cause) => this.#fail(`cannot be started: ${cause.message}`));
    this.#closed = new Promise((resolve) => {
      child.on('close', () => {
        this.#fail(this.#errors.trim().split('\n').at(-1) ?? '');
        resolve();
      });
    });
  }

  /** Null for an object that is not there. The caller has checked that it is an id. */
  ask(id: string): Promise<CatAnswer | null> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#questions.push({ id, resolve, reject });
      if (this.#unsent === '') queueMicrotask(() => this.#send());
      this.#unsent += `${id}\n`;
    });
  }

  /** One write for all questions of a moment: a thousand small ones take longer than the answers. */
  #send(): void {
    this.#child.stdin.write(this.#unsent);
    this.#unsent = '';
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#closed;
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return;
    let rest = Buffer.concat(this.#chunks);
    let taken = this.#answer(rest);
    while (taken > 0) {
      rest = rest.subarray(taken);
      taken = this.#answer(rest);
    }
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
  }

  /** Answers the oldest question from the bytes that are there; how many of them that took, 0 when there are too few. */
  #answer(bytes: Buffer): number {
    this.#needed = bytes.length + 1;
    const end = bytes.indexOf(LINE_FEED);
    if (end === -1) return 0;
    const [, id, type, digits] = HEADER.exec(bytes.toString('latin1', 0, end)) ?? [];
    const question = this.#questions[0];
    if (question === undefined || id !== question.id) return this.#broken();
    const size = Number(digits ?? 0);
    const total = type !== undefined && this.#withContent ? end + 1 + size + 1 : end + 1;
    if (bytes.length < total) {
      this.#needed = total;
      return 0;
    }
    this.#questions.shift();
    const content = this.#withContent ? Buffer.from(bytes.subarray(end + 1, total - 1)) : NOTHING;
    question.resolve(type === undefined ? null : { type, size, bytes: content });
    return total;
  }

  #broken(): 0 {
    this.#fail('an answer that is none');
    this.#child.kill();
    return 0;
  }

  #fail(why: string): void {
    this.#failure ??= new GitError('git_failed', `git cat-file: ${why === '' ? 'it ended' : why}`);
    for (const { reject } of this.#questions.splice(0)) reject(this.#failure);
  }
}
