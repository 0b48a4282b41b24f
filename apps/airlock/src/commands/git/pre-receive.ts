import { judgePush, openReceipts, openRepository, type RefLine } from '@airlock/adapter-git';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT, UsageError } from '../../cli/failure.js';
import { standardInputStream } from '../../cli/standard-input.js';
import type { JsonFlags } from './flags.js';

const LINE = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs\/.+)$/;

/** `airlock git pre-receive`: what git calls on a server, in the repository. */
export async function preReceive(cli: Cli, flags: JsonFlags): Promise<number> {
  const lines: RefLine[] = [];
  for await (const line of standardInputStream()) if (line !== '') lines.push(refLine(line));
  const repository = await openRepository(process.cwd(), cli.environment);
  try {
    const { ok, problems, commits } = await judgePush(lines, { repository, receipts: openReceipts(repository) });
    if (flags.json) printJson(cli, { ok, problems, commits });
    else for (const problem of problems) cli.say(`airlock: ${problem}`);
    return ok ? EXIT.ok : EXIT.failed;
  } finally {
    await repository.close();
  }
}

function refLine(line: string): RefLine {
  const [, before, after, ref] = LINE.exec(line) ?? [];
  if (before !== undefined && after !== undefined && ref !== undefined) return { before, after, ref };
  throw new UsageError(
    'standard input holds a line that git would not write',
    'airlock git pre-receive, as a hook of git',
  );
}
