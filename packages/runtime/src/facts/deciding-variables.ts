/** Differences that no program takes code from: the terminal, the login, who a commit is by, where the gate lives. */
const DECIDES_NOTHING =
  /^(?:TERM|GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|WINDOWPATH|XDG_(?:SESSION|SEAT)_PATH|AIRLOCK_\w+)$/;

/** Families of tools that take settings from variables, by the beginning of their names. */
const FAMILIES =
  /^(?:NPM_|PNPM_|YARN_|BUN_|DENO_|NODE_|TS_NODE_|COREPACK_|ESBUILD_|BABEL_|SWC_|JEST_|VITEST_|VITE_|MOCHA_|NYC_|ESLINT_|CARGO_|RUST|CGO_|GO[A-Z]+$|PIP_|UV_|POETRY_|PDM_|HATCH_|TOX_|NOX_|PYTEST_|COVERAGE_|PYENV_|CONDA_|VIRTUALENV_|PERL|RUBY|GEM_|BUNDLE_|BUNDLER_|RAKE|RAILS_|PHP|COMPOSER_|LUA_|R_|JULIA_|GUILE_|TCL|OCTAVE_|JAVA|JDK_|_JAVA_|MAVEN_|MVN_|GRADLE_|SBT_|ANT_|KOTLIN_|SCALA_|DOTNET_|CORECLR_|COMPLUS_|MSBUILD|NUGET_|ERL_|ELIXIR_|MIX_|GHC|CABAL_|STACK_|OCAML|OPAM|NIX_|CMAKE_|CTEST_|MESON_|NINJA_|BAZEL|CCACHE_|SCCACHE_|DISTCC_|GCC_|CLANG_|PKG_CONFIG|MAKE|JUST_|TASK_|DOCKER_|COMPOSE_|BUILDKIT_|BUILDX_|PODMAN_|CONTAINERS_|KUBE|HELM_|TF_|TERRAGRUNT_|PACKER_|VAGRANT_|ANSIBLE_|BASH|ZSH|LESS|VIM|NVIM_|EMACS|FZF_|RIPGREP_|BAT_|GH_(?!.*TOKEN)|HG|SVN_|CVS_|GNUPG|OPENSSL_|GCONV_|GLIBC_|MALLOC_|QT_|GTK_|GIO_|GST_|ELECTRON_|DIRENV_|MISE_|ASDF_|LEFTHOOK|HUSKY|PRE_COMMIT_)/i;

/** Names that say that they hold options, a place, a file or a program. */
const SHAPES =
  /(?:OPTS?|OPTIONS|FLAGS|ARGS|ARGUMENTS|PATH|DIRS?|HOME|PREFIX|ROOT|RC|CONFIG|CONF|SETTINGS|FILE|FILENAME|COMMAND|CMD|EDITOR|VISUAL|PAGER|SHELL|RSH|SSH|WRAPPER|RUNNER|LAUNCHER|LINKER|COMPILER|INTERPRETER|PRELOAD|PRELOADS|PLUGINS?|MODULES?|REQUIRE|LOADER|EXE|BIN|BINARY|EXECUTABLE|INIT|HOOKS?|STARTUP|SCRIPT|PROXY|REGISTRY|INDEX_URL|BROWSER|ASKPASS|HELPER|PROFILE)$/i;

/** Programs that a build runs by the name in such a variable, and variables of one word that hold options. */
const ALONE =
  /^(?:AR|AS|CC|CPP|CXX|FC|F77|LD|NM|RANLIB|STRIP|OBJCOPY|YACC|LEX|M4|AWK|SED|GREP|TAR|INSTALL|ENV|GZIP|ZIP|UNZIP|XZ_DEFAULTS|MORE|LV|MANOPT|TERMCAP|POSIXLY_CORRECT|IFS|PS[0-4]|FPATH|EXINIT|VIMINIT|DEPENDENCIES_OUTPUT|SUNPRO_DEPENDENCIES)$/;

/**
 * Whether a difference of the environment can make a program run or find other code. Only ever a reason to ask, and so
 * deliberately wide: npm reads its settings in any letter case, and every build tool has a variable that names a program.
 */
export function decidesCode(name: string, description: string): boolean {
  if (DECIDES_NOTHING.test(name)) return false;
  if (description.startsWith('=') || description === 'unset') return true;
  return FAMILIES.test(name) || SHAPES.test(name) || ALONE.test(name);
}
