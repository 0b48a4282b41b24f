import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createAttemptLimiter } from '../../src/identity/attempt-limiter.js';
import { hashPassword, verifyPassword } from '../../src/identity/password.js';
import { loadProviderLibrary } from '../../src/identity/provider/load-provider.js';
import { openAnswer, sealAnswer } from '../../src/identity/sealed-answer.js';
import * as secrets from '../../src/identity/secrets.js';
import { systemPorts } from '../../src/ports.js';

const ports = systemPorts();

describe(rules('ID-100', 'ID-160', 'ID-070')`forms of what the gateway makes`, () => {
  const forms: [string, () => string, RegExp][] = [
    ['personal access token', () => secrets.newPat(ports), /^airpat_[A-Za-z0-9]{40}$/],
    ['app id', () => secrets.newAppId(ports), /^[A-Z]{3}-\d{7}$/],
    ['client id', () => secrets.newClientId(ports), /^[A-Za-z0-9]{20}$/],
    ['client secret', () => secrets.newClientSecret(ports), /^[A-Za-z0-9]{40}$/],
    ['user code', () => secrets.newUserCode(ports), /^\d{6}$/],
    ['device code', () => secrets.newDeviceCode(ports), /^[\w-]{43}$/],
    ['enrollment code', () => secrets.newEnrollmentCode(ports), /^enr-[0-9a-f]{32}$/],
    ['refresh token', () => secrets.newRefreshToken(ports), /^rft-[\w-]{43}$/],
  ];
  it.each(forms)('%s', (what, make, form) => {
    const made = Array.from({ length: 200 }, make);
    for (const secret of made) expect(secret).toMatch(form);
    if (what !== 'user code') expect(new Set(made).size).toBe(made.length);
  });
});

describe('passwords', () => {
  it('verify themselves only', async () => {
    const stored = await hashPassword('correct horse battery', ports);
    expect(stored).not.toContain('correct');
    expect(await verifyPassword('correct horse battery', stored)).toBe(true);
    for (const wrong of ['', 'correct horse batter', 'Correct horse battery', stored]) {
      expect(await verifyPassword(wrong, stored)).toBe(false);
    }
    expect(await hashPassword('correct horse battery', ports)).not.toBe(stored);
  });

  it.each([undefined, '', 'scrypt', 'scrypt..', 'plain.AAAA.AAAA'])('nothing verifies against %j', async (stored) => {
    expect(await verifyPassword('', stored)).toBe(false);
  });
});

describe(rules('AUTH-120')`answers kept for a predecessor`, () => {
  it('open under their own token only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (answer, token, other) => {
        const sealed = sealAnswer(answer, token, ports);
        expect(openAnswer(sealed, token)).toBe(answer);
        if (other !== token) expect(() => openAnswer(sealed, other)).toThrow();
      }),
    );
  });
});

describe('limits on guessing', () => {
  it('look at no more than the limit within any window', () => {
    const plan = fc.array(fc.record({ wait: fc.nat({ max: 400 }), right: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(plan, (guesses) => {
        const limiter = createAttemptLimiter(5, 1000);
        const wrong: number[] = [];
        let now = 0;
        for (const { wait, right } of guesses) {
          now += wait;
          if (limiter.attempt('key', now) > 0) continue;
          if (right) limiter.forgive('key');
          else wrong.push(now);
        }
        for (const at of wrong) {
          expect(wrong.filter((other) => other >= at && other < at + 1000).length).toBeLessThanOrEqual(5);
        }
      }),
    );
  });

  it('say how long to wait, keep keys apart and forget', () => {
    const limiter = createAttemptLimiter(2, 1000);
    expect([limiter.attempt('a', 0), limiter.attempt('a', 400), limiter.attempt('a', 500)]).toEqual([0, 0, 500]);
    expect(limiter.attempt('b', 500)).toBe(0);
    expect(limiter.attempt('a', 999)).toBe(1);
    limiter.sweep(1400);
    expect(limiter.attempt('a', 1000)).toBe(0);
  });
});

describe('the provider library', () => {
  it('is imported without its remark about the runtime, and the console works as before', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const spied = console.warn;
    vi.resetModules();
    await loadProviderLibrary();
    expect(console.warn).toBe(spied);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
