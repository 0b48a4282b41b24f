import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));

describe('the entry for the MCP registry', () => {
  const server = read('server.json');
  const manifest = read('package.json');
  const [npm] = server.packages;

  it('is of the package that is published, by name and version', () => {
    expect(server.name).toBe(manifest.mcpName);
    expect(npm.identifier).toBe(manifest.name);
    expect([server.version, npm.version]).toEqual([manifest.version, manifest.version]);
  });

  it('starts the server on standard input and output', () => {
    expect(npm.packageArguments.map(({ value }: { value: string }) => value)).toEqual(['mcp', 'serve']);
    expect(npm.transport).toEqual({ type: 'stdio' });
  });

  it('keeps to the lengths and forms of its schema', () => {
    expect(server.name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
    expect(server.description.length).toBeLessThanOrEqual(100);
  });
});
