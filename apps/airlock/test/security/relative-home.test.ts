import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../e2e/harness/command.js';

let folder: string;
const name = `home-${randomUUID().slice(0, 8)}`;
const options = () => ({ home: folder, cwd: folder, env: { AIRLOCK_HOME: `./${name}` } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airlock-home-'));
});
afterAll(async () => {
  await run(['daemon', 'stop'], options());
  await rm(folder, { recursive: true, force: true });
  await rm(`/${name}`, { recursive: true, force: true });
});

describe(rules('LOC-010', 'LOC-030')`a home that is named from where the user stands`, () => {
  test('is the same one for the daemon, which stands elsewhere', async () => {
    const { code, stdout } = await run(['status', '--json'], options());
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ daemon: { running: true } });
    expect(existsSync(`/${name}`)).toBe(false);
    expect(existsSync(join(folder, name, 'state', 'state.json'))).toBe(true);
  });
});
