import { approval } from './approval/approval.js';
import { exchanges } from './exchanges/exchanges.js';
import { git } from './git/git.js';
import { hook } from './hook/hook.js';
import { mcp } from './mcp/mcp.js';
import { type Row, table } from './measure.js';
import { verdict } from './verdict/verdict.js';
import { verification } from './verification/verification.js';
import { waiters } from './waiters/waiters.js';

const suites: Readonly<Record<string, () => Promise<Row[]>>> = {
  verdict,
  verification,
  approval,
  exchanges,
  waiters,
  hook,
  git,
  mcp,
};

const chosen = process.argv.slice(2).filter((word) => word !== '--');
const unknown = chosen.find((name) => !(name in suites));
if (unknown !== undefined) {
  console.error(`bench: no suite ${unknown}; there are ${Object.keys(suites).join(', ')}`);
  process.exitCode = 64;
} else {
  const rows: Row[] = [];
  for (const [name, run] of Object.entries(suites)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    console.error(`measuring ${name} …`);
    rows.push(...(await run()));
  }
  console.log(table(rows));
}
