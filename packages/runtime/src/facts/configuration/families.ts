/**
 * Which files decide what a program does, by family. A name may end in `*`. `near` is looked for in the working folder
 * and in every folder above it, because tools look there or higher; `here` in the working folder only; `home` below the
 * home folder; `system` is absolute.
 */
export interface Family {
  readonly programs: readonly string[];
  readonly near?: readonly string[];
  readonly here?: readonly string[];
  readonly home?: readonly string[];
  readonly system?: readonly string[];
}

const words = (...lines: readonly string[]): readonly string[] => lines.flatMap((line) => line.split(' '));

/** Configuration of everything that scripts of package.json commonly start: each of them can run code. */
const NODE_TOOLS = words(
  'eslint.config.* .eslintrc* prettier.config.* .prettierrc* biome.json* .oxlintrc.json tsconfig*.json jsconfig.json',
  'jest.config.* vitest.config.* vitest.workspace.* vite.config.* .mocharc* ava.config.* karma.conf.* cypress.config.*',
  'playwright.config.* wdio.conf.* .nycrc* .c8rc* babel.config.* .babelrc* .swcrc .browserslistrc webpack.config.*',
  'rollup.config.* rolldown.config.* rspack.config.* esbuild.config.* tsup.config.* tsdown.config.* postcss.config.*',
  '.postcssrc* tailwind.config.* next.config.* nuxt.config.* astro.config.* svelte.config.* vue.config.* remix.config.*',
  'angular.json nx.json lerna.json turbo.json rush.json gulpfile.* Gruntfile.* stylelint.config.* .stylelintrc*',
  'commitlint.config.* .commitlintrc* lint-staged.config.* .lintstagedrc* release.config.* .releaserc* .czrc knip.json',
  'metro.config.* react-native.config.* app.config.* svgo.config.* codegen.* graphql.config.* .graphqlrc* typedoc.*',
);

export const FAMILIES: readonly Family[] = [
  {
    programs: words(
      'node nodejs npm npx pnpm pnpx yarn yarnpkg bun bunx corepack tsx ts-node tsc eslint prettier jest vitest vite',
      'mocha ava karma cypress playwright nyc c8 babel swc webpack rollup rolldown rspack esbuild tsup tsdown postcss',
      'tailwindcss next nuxt astro svelte-kit vue-tsc ng nx lerna turbo rush gulp grunt stylelint commitlint lint-staged',
      'biome oxlint knip typedoc nodemon concurrently zx wireit standard xo tap jasmine',
    ),
    near: [
      ...words(
        '.npmrc .yarnrc .yarnrc.yml .pnp.cjs .pnpmfile.cjs pnpm-workspace.yaml bunfig.toml .node-version .nvmrc',
      ),
      ...words('.tool-versions .mise.toml mise.toml .env .envrc'),
      ...NODE_TOOLS,
    ],
    home: words('.npmrc .yarnrc .yarnrc.yml .bunfig.toml .config/pnpm/rc .config/yarn/config .babelrc* .eslintrc*'),
    system: words('/etc/npmrc /usr/etc/npmrc /usr/local/etc/npmrc'),
  },
  {
    programs: words('make gmake bmake'),
    here: words('GNUmakefile Makefile makefile BSDmakefile'),
  },
  {
    programs: words('cargo rustc rustup clippy-driver cargo-clippy rustfmt cargo-fmt cross bacon'),
    near: words(
      'Cargo.toml Cargo.lock build.rs .cargo/config.toml .cargo/config rust-toolchain rust-toolchain.toml rustfmt.toml',
      '.rustfmt.toml clippy.toml .clippy.toml .config/nextest.toml',
    ),
    home: words('.cargo/config.toml .cargo/config .rustup/settings.toml'),
  },
  {
    programs: words('go gofmt golangci-lint staticcheck gotestsum goreleaser'),
    near: words('go.mod go.work go.sum .golangci.* .goreleaser*'),
    home: ['.config/go/env', 'Library/Application Support/go/env'],
  },
  {
    programs: words(
      'python python2 python3 pytest py.test tox nox uv uvx poetry pipenv pip pip3 pipx pdm hatch rye ruff mypy pyright',
      'black isort flake8 pylint coverage pre-commit django-admin invoke fab',
    ),
    near: words(
      'pyproject.toml pytest.ini .pytest.ini setup.cfg setup.py tox.ini conftest.py noxfile.py mypy.ini .mypy.ini ruff.toml',
      '.ruff.toml .flake8 .pylintrc pylintrc .coveragerc uv.toml poetry.toml pdm.toml hatch.toml Pipfile .python-version',
      'pyrightconfig.json .pre-commit-config.yaml tasks.py fabfile.py manage.py sitecustomize.py usercustomize.py .env',
      'pyvenv.cfg .venv/pyvenv.cfg venv/pyvenv.cfg',
    ),
    home: words(
      '.config/pip/pip.conf .pip/pip.conf .pydistutils.cfg .config/uv/uv.toml .config/pypoetry/config.toml .pylintrc',
      '.config/ruff/ruff.toml .config/mypy/config .mypy.ini .config/flake8',
    ),
    system: words('/etc/pip.conf /etc/pylintrc'),
  },
  {
    programs: words('mvn mvnw mvnd mvnDebug'),
    near: words(
      'pom.xml .mvn/maven.config .mvn/jvm.config .mvn/extensions.xml .mvn/wrapper/maven-wrapper.properties',
      '.mvn/wrapper/maven-wrapper.jar .mvn/settings.xml',
    ),
    home: words('.m2/settings.xml .m2/settings-security.xml .m2/extensions.xml .m2/toolchains.xml .mavenrc'),
    system: words('/etc/mavenrc'),
  },
  {
    programs: words('gradle gradlew'),
    near: words(
      'build.gradle* settings.gradle* gradle.properties init.gradle* gradle/wrapper/gradle-wrapper.properties',
      'gradle/wrapper/gradle-wrapper.jar gradle/libs.versions.toml',
    ),
    home: words('.gradle/gradle.properties .gradle/init.gradle .gradle/init.gradle.kts .gradle/init.d/*'),
  },
  {
    programs: words('dotnet msbuild nuget csc'),
    near: words(
      '*.csproj *.fsproj *.vbproj *.sln *.slnx Directory.Build.props Directory.Build.targets Directory.Packages.props',
      'Directory.Build.rsp MSBuild.rsp global.json nuget.config NuGet.Config NuGet.config .config/dotnet-tools.json',
      '*.runsettings .editorconfig .globalconfig',
    ),
    home: words('.nuget/NuGet/NuGet.Config .dotnet/tools.json'),
  },
  {
    programs: words('docker docker-compose podman podman-compose buildah nerdctl'),
    near: words(
      'Dockerfile* Containerfile* compose.yaml compose.yml compose.*.yaml compose.*.yml docker-compose.* docker-bake.*',
      '.dockerignore .containerignore .env',
    ),
    home: words('.docker/config.json .docker/daemon.json .config/containers/containers.conf'),
  },
  {
    programs: words('kubectl helm kustomize skaffold tilt oc k9s'),
    near: words('kustomization.yaml kustomization.yml Chart.yaml values.yaml skaffold.yaml Tiltfile'),
    home: words('.kube/config .kube/kuberc .config/helm/repositories.yaml'),
  },
  { programs: words('just'), near: words('justfile Justfile .justfile .env'), home: words('.config/just/justfile') },
  {
    programs: words('task go-task'),
    near: words(
      'Taskfile.yml Taskfile.yaml Taskfile.dist.yml Taskfile.dist.yaml taskfile.yml taskfile.yaml .taskrc.yml',
    ),
    home: words('Taskfile.yml .taskrc.yml'),
  },
  {
    programs: words('deno'),
    near: words('deno.json deno.jsonc deno.lock import_map.json .env .npmrc'),
    home: words('.npmrc'),
  },
  {
    programs: words('ruby rake bundle bundler rspec rubocop gem rails irb cucumber'),
    near: words(
      'Gemfile Gemfile.lock gems.rb gems.locked Rakefile rakefile Rakefile.rb .rspec .rspec-local .rubocop.yml .ruby-version',
      '.bundle/config *.gemspec .simplecov config/application.rb bin/rails cucumber.yml',
    ),
    home: words('.rspec .rubocop.yml .gemrc .irbrc .bundle/config .config/rspec/options'),
    system: words('/etc/gemrc'),
  },
  {
    programs: words('php composer phpunit phpstan psalm artisan pest'),
    near: words('composer.json composer.lock phpunit.xml* phpstan.* psalm.xml* artisan auth.json php.ini .env'),
    home: words('.composer/config.json .config/composer/config.json .composer/composer.json'),
  },
  {
    programs: words('cmake ctest cpack ninja meson'),
    near: words(
      'CMakeLists.txt CMakePresets.json CMakeUserPresets.json build.ninja meson.build meson_options.txt CTestTestfile.cmake',
    ),
  },
  {
    programs: words('bazel bazelisk buck2 pants'),
    near: words('WORKSPACE* MODULE.bazel BUILD* .bazelrc .bazelversion user.bazelrc pants.toml .buckconfig'),
    home: words('.bazelrc'),
    system: words('/etc/bazel.bazelrc'),
  },
  {
    programs: words('terraform tofu terragrunt packer'),
    near: words('*.tf *.tofu *.tfvars terragrunt.hcl .terraform.lock.hcl'),
    home: words('.terraformrc .tofurc'),
  },
  { programs: words('swift swiftc xcodebuild'), near: words('Package.swift Package.resolved') },
  { programs: words('mix elixir iex rebar3'), near: words('mix.exs mix.lock .formatter.exs .credo.exs rebar.config') },
  {
    programs: words('sbt scala scala-cli'),
    near: words('build.sbt project/build.properties project/plugins.sbt .sbtopts .jvmopts'),
  },
  { programs: words('zig'), near: words('build.zig build.zig.zon') },
  { programs: words('shellcheck'), near: words('.shellcheckrc shellcheckrc'), home: words('.shellcheckrc') },
  { programs: words('rg'), near: words('.ripgreprc'), home: words('.ripgreprc') },
  { programs: words('fd fdfind'), home: words('.config/fd/ignore') },
  { programs: words('curl'), home: words('.curlrc .netrc .config/curlrc') },
  { programs: words('wget'), home: words('.wgetrc .netrc'), system: words('/etc/wgetrc') },
  { programs: words('ssh scp sftp rsync'), home: words('.ssh/config .ssh/rc'), system: words('/etc/ssh/ssh_config') },
  {
    programs: words('vim vi nvim view ex'),
    near: words('.vimrc .exrc .nvimrc .nvim.lua'),
    home: words('.vimrc .exrc .vim/vimrc .config/nvim/init.lua .config/nvim/init.vim'),
  },
  { programs: words('less more man'), home: words('.lesskey .less .config/lesskey .manpath') },
  {
    programs: words('pip pip3 pipenv poetry uv uvx pdm hatch rye'),
    near: words('poetry.lock uv.lock Pipfile.lock pdm.lock requirements*.txt requirements/*.txt constraints*.txt'),
  },
  {
    programs: words('mise direnv asdf'),
    near: words('.mise.toml mise.toml .config/mise.toml .tool-versions .envrc .env'),
    home: words(
      '.config/mise/config.toml .config/direnv/direnvrc .config/direnv/direnv.toml .direnvrc .tool-versions .asdfrc',
    ),
  },
  {
    programs: words('nix nix-shell nix-build devenv'),
    near: words('flake.nix flake.lock shell.nix default.nix devenv.nix'),
  },
  { programs: words('foreman honcho'), near: words('Procfile* .env .foreman .honcho') },
  {
    programs: words('ansible ansible-playbook ansible-galaxy vagrant'),
    near: words('ansible.cfg Vagrantfile'),
    home: words('.ansible.cfg .vagrant.d/Vagrantfile'),
  },
  { programs: words('R Rscript r'), near: words('.Rprofile .Renviron'), home: words('.Rprofile .Renviron') },
  {
    programs: words('julia octave gnuplot sqlite3 psql mysql mariadb'),
    near: words('Project.toml Manifest.toml .octaverc'),
    home: words('.julia/config/startup.jl .octaverc .gnuplot .sqliterc .config/sqlite3/sqliterc .psqlrc .my.cnf'),
  },
  {
    programs: words('gdb lldb'),
    near: words('.gdbinit .lldbinit'),
    home: words('.gdbinit .lldbinit .config/gdb/gdbinit'),
  },
  { programs: words('hg'), near: ['.hg/hgrc'], home: words('.hgrc .config/hg/hgrc') },
  { programs: words('tmux screen'), home: words('.tmux.conf .config/tmux/tmux.conf .screenrc') },
  { programs: words('latexmk'), near: words('.latexmkrc latexmkrc'), home: words('.latexmkrc') },
  { programs: words('gh hub'), home: words('.config/gh/config.yml .config/hub') },
];

/** Programs whose scripts are files that stand in their words. */
export const SCRIPT_RUNNERS: ReadonlySet<string> = new Set(
  words(
    'node nodejs tsx ts-node zx deno bun python python2 python3 ruby perl php lua Rscript julia java groovy osascript',
    'tclsh guile racket awk gawk mawk sed bash sh dash zsh',
  ),
);

/** The names under which a program may stand in {@link FAMILIES}: `python3.12` is `python3` and `python`. */
export function programNames(program: string): readonly string[] {
  const name = program.slice(program.lastIndexOf('/') + 1).replace(/\.(?:exe|cmd|bat|sh)$/i, '');
  return [...new Set([name, name.replace(/(?:\.\d+)+$/, ''), name.replace(/[-.]?\d[\d.]*$/, '')])].filter(
    (each) => each !== '',
  );
}
