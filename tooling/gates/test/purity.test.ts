import { describe, expect, it } from 'vitest';
import { findImpurities, isPure } from '../src/purity.js';

const find = (text: string) => findImpurities({ file: 'a.ts', text });

describe('the purity gate refuses', () => {
  it.each([
    ['the clock', 'const t = Date.now();', 'a.ts:1 Date without a given instant reads the clock'],
    ['the clock as an instant', 'const t = new Date();', 'a.ts:1 Date without a given instant reads the clock'],
    ['the clock as text', 'const t = Date();', 'a.ts:1 Date without a given instant reads the clock'],
    ['the clock under another name', 'const D = Date;', 'a.ts:1 Date without a given instant reads the clock'],
    ['the clock by a computed name', "const t = Date['now']();", 'a.ts:1 Date without a given instant reads the clock'],
    ['local time', 'const t = new Date(2026, 1, 2);', 'a.ts:1 Date without a given instant reads the clock'],
    ['spread local time', 'const t = new Date(...parts);', 'a.ts:1 Date without a given instant reads the clock'],
    ['chance', 'const r = Math.random();', 'a.ts:1 Math.random draws randomness'],
    ['chance, destructured', 'const { random } = Math;', 'a.ts:1 Math.random draws randomness'],
    ['chance by a computed name', "const r = Math['random']();", 'a.ts:1 Math.random draws randomness'],
    ['chance of a library', "import { randomBytes } from 'x';", 'a.ts:1 randomBytes draws randomness'],
    ['renamed chance', "import { randomBytes as r } from 'x';", 'a.ts:1 randomBytes draws randomness'],
    ['generated keys', 'const k = ed25519.utils.randomSecretKey();', 'a.ts:1 randomSecretKey draws randomness'],
    ['platform cryptography', 'crypto.getRandomValues(bytes);', 'a.ts:1 crypto is ambient'],
    ['timers', 'setTimeout(f, 1);', 'a.ts:1 setTimeout is ambient'],
    ['the network', "fetch('x');", 'a.ts:1 fetch is ambient'],
    ['the environment', 'f(process.env);', 'a.ts:1 process is ambient'],
    ['the environment as shorthand', 'f({ process });', 'a.ts:1 process is ambient'],
    ['output', 'console.log(1);', 'a.ts:1 console is ambient'],
    ['the global object', 'globalThis.Date.now();', 'a.ts:1 globalThis is ambient'],
    ['node modules', "import fs from 'node:fs';", 'a.ts:1 imports node:fs'],
    ['re-exported node modules', "export { readFile } from 'node:fs';", 'a.ts:1 imports node:fs'],
    ['run-time loading', "const m = await import('x');", 'a.ts:1 import() loads at run time'],
    ['its place', 'const u = import.meta.url;', 'a.ts:1 import.meta names a place'],
    ['the locale', 'a.localeCompare(b);', 'a.ts:1 localeCompare depends on the locale'],
    ['the time zone', 'd.getHours();', 'a.ts:1 getHours depends on the time zone'],
    ['code from text', "eval('1');", 'a.ts:1 eval is ambient'],
    ['state of the module', 'let count = 0;', 'a.ts:1 mutable state of the module'],
  ])('%s', (_what, text, finding) => {
    expect(find(text)).toEqual([finding]);
  });
});

describe('the purity gate accepts', () => {
  it.each([
    ['given instants', 'const t = new Date(at); const u = Date.parse(text); const v = Date.UTC(1, 2);'],
    ['a test for a date', 'const is = value instanceof Date;'],
    ['UTC fields', 'const y = date.getUTCFullYear();'],
    ['arithmetic', 'const m = Math.max(1, 2);'],
    ['ports named after what they do', 'export function f({ fetch, crypto }: Ports) { return fetch(crypto.seal()); }'],
    ['members of other objects', 'const f = ports.fetch; const p = { process: 1 };'],
    ['types', 'export interface Ports { readonly fetch: typeof Fetch; at: Date; setTimeout(): void }'],
    ['the class of an error', 'export class E extends Error { constructor() { super(new.target.name); } }'],
    ['local variables', 'export function f() { let n = 0; n += 1; return n; }'],
  ])('%s', (_what, text) => {
    expect(find(text)).toEqual([]);
  });
});

describe('the purity gate covers', () => {
  it.each([
    ['packages/enforcer/src/step.ts', true],
    ['packages/gateway-client/src/index.ts', true],
    ['packages/gateway-client/src/node.ts', false],
    ['packages/gateway-client/src/node/transport.ts', false],
    ['packages/gateway-client/src/node-like.ts', true],
    ['packages/enforcer/test/step.test.ts', false],
    ['packages/runtime/src/index.ts', false],
  ])('%s: %s', (file, pure) => {
    expect(isPure(file)).toBe(pure);
  });
});
