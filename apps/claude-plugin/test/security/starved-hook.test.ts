import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { requiresProgram } from '@airlock/conformance/requires';
import { expect, it } from 'vitest';

const HOOK = fileURLToPath(new URL('../../plugin/hooks/hook.sh', import.meta.url));

const SHELLS = [
  { program: 'dash', shell: ['dash'] },
  // What bash is as /bin/sh: it ends with 1, which blocks nothing, when `exec` cannot open a file.
  { program: 'bash', shell: ['bash', '--posix'] },
  { program: 'busybox', shell: ['busybox', 'sh'] },
];

for (const { program, shell } of SHELLS) {
  requiresProgram(program)(rules('LOC-100')(`a hook that may open few files, in ${program}`), () => {
    it.each([4, 5, 6, 8])('blocks with %i of them', (files) => {
      const line = `ulimit -n ${files}; exec "$@" -p "$0" PreToolUse`;
      expect(spawnSync('/bin/sh', ['-c', line, HOOK, ...shell], { input: '{}' }).status).toBe(2);
    });
  });
}
