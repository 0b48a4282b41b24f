import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { touchedTargets } from '../../src/index.js';
import { line, PLACES } from '../targets/gate.js';

const isTouched = (text: string) => touchedTargets(line(text), null, PLACES).length > 0;

describe(rules(
  'LOC-090',
)`attacks: what the gate lives by is reached without its name or through another program`, () => {
  test.each([
    ['a program behind a remote', 'git config remote.origin.uploadpack ./evil'],
    ['another one', 'git config set remote.origin.receivepack ./evil'],
    ['a helper behind a remote', 'git config remote.origin.vcs evil'],
    ['a program in place of a remote', 'git config branch.main.remote "ext::sh -c ./evil"'],
    ['a repository in place of a remote', 'git config branch.main.pushRemote /tmp/evil'],
    ['the folder of git, mounted elsewhere', 'docker run -v "$PWD/.git:/x" alpine tee /x/config'],
    ['its keys in the keychain', 'security delete-generic-password -s airlock'],
    ['its keys in the secret service', 'secret-tool lookup service airlock'],
  ])('%s: %s', (_name, text) => expect(isTouched(text)).toBe(true));

  test.each([
    'git config branch.main.remote origin',
    'git config branch.main.remote my.fork',
    'git config branch.main.merge refs/heads/main',
    'git config remote.origin.fetch +refs/heads/*:refs/remotes/origin/*',
    'git config --get remote.origin.uploadpack',
    'security find-certificate -a',
    'docker run -v "$PWD:/app" node:20 npm test',
    'docker build .',
  ])('ordinary work is none of it: %s', (text) => expect(isTouched(text)).toBe(false));
});
