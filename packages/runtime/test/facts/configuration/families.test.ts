import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { configurationOf } from '../../../src/facts/configuration/collect-configuration.js';
import { programNames } from '../../../src/facts/configuration/families.js';
import { file, scratch } from '../scratch.js';

/** A home, a repository in it and a folder to work in. */
function layout() {
  const home = scratch();
  const repository = join(home, 'shop');
  const cwd = join(repository, 'web');
  file(join(repository, '.git/HEAD'), 'ref: refs/heads/main\n', 0o644);
  file(join(cwd, 'README.md'), 'hello\n', 0o644);
  return { home, repository, cwd };
}

function facts(line: string, { home, cwd }: { home: string; cwd: string }) {
  const argv = line.split(' ');
  const found = configurationOf({ argv, program: `/usr/bin/${argv[0]}` }, { cwd, home, variables: {} });
  // Whatever this machine has itself.
  return found.filter(({ name }) => !name.startsWith('/etc/'));
}

describe(rules(
  'INV-34',
)`what a program reads about itself is pinned: a new file, another content and its removal change the facts`, () => {
  test.each([
    // Where a file is: c = the working folder, r = the repository above it, h = the home folder.
    ['npm test', 'c/package.json', '{"scripts":{"test":"a"}}', '{"scripts":{"test":"b"}}', 'package.json: scripts'],
    ['npm test', 'r/package.json', '{"workspaces":["a"]}', '{"workspaces":["b"]}', '~/shop/package.json: workspaces'],
    ['pnpm test', 'c/package.json', '{"packageManager":"a"}', '{"packageManager":"b"}', 'package.json: packageManager'],
    ['node x', 'c/package.json', '{"type":"module"}', '{"type":"commonjs"}', 'package.json: type'],
    ['jest', 'c/package.json', '{"jest":{}}', '{"jest":{"a":1}}', 'package.json: jest'],
    ['deno test', 'c/package.json', '{"imports":{}}', '{"imports":{"a":"b"}}', 'package.json: imports'],
    ['npm test', 'c/package.json', 'not json', 'not json either', 'package.json'],
    ['npm test', 'c/.npmrc', 'a', 'b', '.npmrc'],
    ['npm test', 'r/.npmrc', 'a', 'b', '~/shop/.npmrc'],
    ['npm test', 'h/.npmrc', 'a', 'b', '~/.npmrc'],
    ['yarn test', 'r/.yarnrc.yml', 'a', 'b', '~/shop/.yarnrc.yml'],
    ['yarn test', 'r/.pnp.cjs', 'a', 'b', '~/shop/.pnp.cjs'],
    ['pnpm test', 'r/pnpm-workspace.yaml', 'a', 'b', '~/shop/pnpm-workspace.yaml'],
    ['bun test', 'c/bunfig.toml', 'a', 'b', 'bunfig.toml'],
    ['npx eslint src', 'c/node_modules/.bin/eslint', 'a', 'b', 'node_modules/.bin/eslint'],
    ['npm exec eslint', 'r/node_modules/.bin/eslint', 'a', 'b', '~/shop/node_modules/.bin/eslint'],
    ['npm test', 'r/vitest.config.ts', 'a', 'b', '~/shop/vitest.config.ts'],
    ['eslint .', 'c/eslint.config.js', 'a', 'b', 'eslint.config.js'],
    ['eslint src', 'c/src/.eslintrc.cjs', 'a', 'b', 'src/.eslintrc.cjs'],
    ['tsc -p build.json', 'c/build.json', 'a', 'b', 'build.json'],
    ['tsc', 'c/tsconfig.build.json', 'a', 'b', 'tsconfig.build.json'],
    ['node tool.js', 'c/tool.js', 'a', 'b', 'tool.js'],
    ['node tool', 'c/tool.js', 'a', 'b', 'tool.js'],
    ['node --require=./hook.cjs x', 'c/hook.cjs', 'a', 'b', 'hook.cjs'],
    ['make test', 'c/Makefile', 'a', 'b', 'Makefile'],
    ['make test', 'c/GNUmakefile', 'a', 'b', 'GNUmakefile'],
    ['gmake', 'c/makefile', 'a', 'b', 'makefile'],
    ['make -C sub', 'c/sub/Makefile', 'a', 'b', 'sub/Makefile'],
    ['make -f build.mak', 'c/build.mak', 'a', 'b', 'build.mak'],
    ['cargo test', 'r/Cargo.toml', 'a', 'b', '~/shop/Cargo.toml'],
    ['cargo test', 'r/.cargo/config.toml', 'a', 'b', '~/shop/.cargo/config.toml'],
    ['cargo test', 'h/.cargo/config', 'a', 'b', '~/.cargo/config'],
    ['cargo build', 'c/build.rs', 'a', 'b', 'build.rs'],
    ['go test ./...', 'r/go.mod', 'a', 'b', '~/shop/go.mod'],
    ['go test', 'h/.config/go/env', 'a', 'b', '~/.config/go/env'],
    ['pytest', 'r/pytest.ini', 'a', 'b', '~/shop/pytest.ini'],
    ['pytest', 'c/conftest.py', 'a', 'b', 'conftest.py'],
    ['python3.12 -m pytest', 'c/pyproject.toml', 'a', 'b', 'pyproject.toml'],
    ['python3 tool.py', 'c/tool.py', 'a', 'b', 'tool.py'],
    ['python3 -m tools.run', 'c/tools/run.py', 'a', 'b', 'tools/run.py'],
    ['python3 -m tools', 'c/tools/__main__.py', 'a', 'b', 'tools/__main__.py'],
    ['tox', 'c/tox.ini', 'a', 'b', 'tox.ini'],
    ['ruff check', 'c/setup.cfg', 'a', 'b', 'setup.cfg'],
    ['mvn test', 'r/pom.xml', 'a', 'b', '~/shop/pom.xml'],
    ['mvn test', 'h/.m2/settings.xml', 'a', 'b', '~/.m2/settings.xml'],
    ['./gradlew test', 'c/build.gradle.kts', 'a', 'b', 'build.gradle.kts'],
    ['gradle test', 'h/.gradle/init.d/x.gradle', 'a', 'b', '~/.gradle/init.d/x.gradle'],
    ['dotnet test', 'c/App.csproj', 'a', 'b', 'App.csproj'],
    ['dotnet test', 'r/Directory.Build.props', 'a', 'b', '~/shop/Directory.Build.props'],
    ['docker compose up', 'c/compose.yaml', 'a', 'b', 'compose.yaml'],
    ['docker build .', 'c/Dockerfile', 'a', 'b', 'Dockerfile'],
    ['kubectl get pods', 'h/.kube/config', 'a', 'b', '~/.kube/config'],
    ['just build', 'r/justfile', 'a', 'b', '~/shop/justfile'],
    ['task build', 'c/Taskfile.yml', 'a', 'b', 'Taskfile.yml'],
    ['deno task x', 'c/deno.json', 'a', 'b', 'deno.json'],
    ['rake', 'c/Rakefile', 'a', 'b', 'Rakefile'],
    ['bundle exec rspec', 'c/Gemfile', 'a', 'b', 'Gemfile'],
    ['rspec', 'h/.rspec', 'a', 'b', '~/.rspec'],
  ])('%s: %s', (line, where, before, after, name) => {
    const place = layout();
    const folders: Record<string, string> = { c: place.cwd, r: place.repository, h: place.home };
    const path = join(folders[where[0] ?? ''] ?? '', where.slice(2));
    const without = facts(line, place);
    file(path, before);
    const first = facts(line, place);
    expect(first.map((fact) => fact.name)).toContain(name);
    expect(without.map((fact) => fact.name)).not.toContain(name);
    expect(facts(line, place)).toEqual(first);
    writeFileSync(path, after);
    const second = facts(line, place);
    expect(second.map((fact) => fact.name)).toEqual(first.map((fact) => fact.name));
    expect(second.find((fact) => fact.name === name)).not.toEqual(first.find((fact) => fact.name === name));
    rmSync(path);
    expect(facts(line, place)).toEqual(without);
  });
});

describe(rules('INV-34')`scripts of the packages of a project`, () => {
  test.each([
    ['npm -w api test', { workspaces: ['api'] }],
    ['npm test --workspaces', { workspaces: ['api'] }],
    ['pnpm -r test', null],
    ['pnpm --filter=api test', null],
  ])('%s', (line, top) => {
    const place = layout();
    if (top === null) file(join(place.repository, 'pnpm-workspace.yaml'), 'packages: [api]\n');
    file(join(place.repository, 'package.json'), JSON.stringify(top ?? {}));
    const path = file(join(place.repository, 'api/package.json'), '{"scripts":{}}');
    file(join(place.repository, 'node_modules/x/package.json'), '{"scripts":{}}');
    const before = facts(line, place);
    expect(before.map(({ name }) => name)).toContain('~/shop/api/package.json: scripts');
    expect(before.map(({ name }) => name)).not.toContain('~/shop/node_modules/x/package.json: scripts');
    writeFileSync(path, '{"scripts":{"test":"./evil"}}');
    expect(facts(line, place)).not.toEqual(before);
    expect(facts('npm test', place).map(({ name }) => name)).not.toContain('~/shop/api/package.json: scripts');
  });
});

describe(rules('INV-34')`what a makefile includes`, () => {
  test.each([
    ['include rules.mk\n', 'rules.mk'],
    ['-include deep/*.mk\n', 'deep/rules.mk'],
    ['sinclude \\\n  other.mk # and no more\n', 'other.mk'],
    ['include $(KIND).mk\n', 'any.mk'],
    ['include $(KIND)\n', 'mk/any'],
  ])('%j', (text, path) => {
    const place = layout();
    file(join(place.cwd, 'Makefile'), text);
    const included = file(join(place.cwd, path), 'a');
    const before = facts('make', place);
    expect(before.map(({ name }) => name)).toEqual(['Makefile', path].sort());
    writeFileSync(included, 'b');
    expect(facts('make', place)).not.toEqual(before);
  });

  test('and what that includes, without end', () => {
    const place = layout();
    file(join(place.cwd, 'Makefile'), 'include a.mk\n');
    file(join(place.cwd, 'a.mk'), `include ${place.home}/b.mk\n`);
    file(join(place.home, 'b.mk'), 'include a.mk b.mk\n');
    expect(facts('make', place).map(({ name }) => name)).toEqual(['Makefile', 'a.mk', '~/b.mk']);
  });
});

describe(rules('INV-34')`what decides nothing ends no pattern`, () => {
  test.each([
    ['npm test', 'web/README.md'],
    ['npm test', 'web/src/index.ts'],
    ['make test', 'web/src/Makefile.bak'],
    ['make test', 'Makefile'],
    ['pytest', 'web/test_cart.py'],
    ['ls', 'web/package.json'],
    ['cargo test', 'web/package.json'],
    ['cat package.json', 'web/package.json'],
  ])('%s: %s', (line, path) => {
    const place = layout();
    const before = facts(line, place);
    file(join(place.repository, path), 'x');
    expect(facts(line, place)).toEqual(before);
  });

  test('members of package.json that no tool takes settings from', () => {
    const place = layout();
    const path = file(join(place.cwd, 'package.json'), JSON.stringify({ scripts: { test: 'a' }, version: '1.0.0' }));
    const before = facts('npm test', place);
    writeFileSync(path, JSON.stringify({ scripts: { test: 'a' }, version: '1.0.1', dependencies: { a: '2' } }));
    expect(facts('npm test', place)).toEqual(before);
  });

  test('a tool in node_modules that another program would start', () => {
    const place = layout();
    file(join(place.cwd, 'node_modules/.bin/eslint'), 'x');
    expect(facts('ls eslint', place)).toEqual([]);
  });
});

describe('the form of the facts', () => {
  test('sorted by name, at most 64: what is more counts as one', () => {
    const place = layout();
    for (let index = 0; index < 90; index += 1) file(join(place.cwd, `compose.${index}.yml`), 'x');
    const before = facts('docker up', place);
    expect(before).toHaveLength(64);
    expect(before.map(({ name }) => name)).toEqual(before.map(({ name }) => name).sort());
    writeFileSync(join(place.cwd, 'compose.9.yml'), 'y');
    const after = facts('docker up', place);
    expect(after.filter((fact, index) => fact.sha256 !== before[index]?.sha256)).toHaveLength(1);
  });

  test('exactly 64 stand for themselves', () => {
    const place = layout();
    for (let index = 0; index < 64; index += 1) file(join(place.cwd, `compose.${index}.yml`), 'x');
    expect(facts('docker up', place)).toHaveLength(64);
    expect(facts('docker up', place).map(({ name }) => name)).not.toContain('~ the other files');
  });

  test('a folder, a pipe and a file that cannot be read hurt nobody', () => {
    const place = layout();
    file(join(place.cwd, 'Makefile/inside'), 'x');
    expect(facts('make', place)).toEqual([]);
  });

  test('a tool behind a link that now leads elsewhere changed', async () => {
    const { symlinkSync } = await import('node:fs');
    const place = layout();
    for (const name of ['a', 'b']) file(join(place.cwd, `node_modules/${name}/cli.js`), 'same');
    file(join(place.cwd, 'node_modules/.bin/other'), 'x');
    const link = join(place.cwd, 'node_modules/.bin/tool');
    symlinkSync('../a/cli.js', link);
    const before = facts('npx tool', place);
    rmSync(link);
    symlinkSync('../b/cli.js', link);
    expect(facts('npx tool', place)).not.toEqual(before);
  });

  test.each([
    ['python3.12', ['python3.12', 'python3', 'python']],
    ['/usr/bin/node', ['node']],
    ['gradlew.bat', ['gradlew']],
    ['make-4.4', ['make-4.4', 'make-4', 'make']],
    ['', []],
  ])('names of %s', (program, names) => {
    expect(programNames(program)).toEqual(names);
  });
});
