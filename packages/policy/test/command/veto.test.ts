import { rules } from '@airlock/conformance';
import { describe, expect, it, vi } from 'vitest';
import { lexCommandLine, matchCommandLine, readPattern } from '../../src/index.js';

const hostile = vi.hoisted(() => ({ reads: (text: string): string => text }));

vi.mock('unbash', async (original) => {
  const { parse } = await original<typeof import('unbash')>();
  return { parse: (text: string) => parse(hostile.reads(text)) };
});

function whenItReads(reads: (text: string) => string): void {
  hostile.reads = reads;
}

const LINE = { command: 'git status', shell: 'bash' };

describe(rules('ENF-170', 'INV-35')`a second opinion that differs`, () => {
  it('takes a yes away, from lines and from patterns', () => {
    whenItReads((text) => `${text}; x`);
    expect(lexCommandLine(LINE)).toEqual({ ok: false, reason: 'second_opinion' });
    expect(readPattern('git status')).toMatchObject({ ok: false, reason: 'pattern_invalid' });
    expect(matchCommandLine('git status', LINE)).toMatchObject({ approve: false, reason: 'pattern_invalid' });
  });

  it('is named as the reason where only the line is read differently', () => {
    whenItReads((text) => (text.endsWith('-s') ? `${text} x` : text));
    expect(matchCommandLine('git status', LINE)).toEqual({ approve: true, reason: 'match' });
    expect(matchCommandLine('git status', { ...LINE, command: 'git status -s' })).toEqual({
      approve: false,
      reason: 'second_opinion',
    });
  });

  it('never gives a yes, nor another reason', () => {
    whenItReads(() => 'git status');
    expect(lexCommandLine({ ...LINE, command: 'git status $x' })).toEqual({
      ok: false,
      reason: 'expansion',
      detail: '$',
    });
    expect(lexCommandLine({ ...LINE, command: 'git push' })).toEqual({ ok: false, reason: 'second_opinion' });
  });

  it('may fail without harm', () => {
    whenItReads(() => {
      throw new RangeError('stack');
    });
    expect(lexCommandLine(LINE)).toEqual({ ok: false, reason: 'second_opinion' });
  });
});
