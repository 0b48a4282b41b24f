import { wordList } from '../../command/word-list.js';

/** Programs that run a program named by their words, under other circumstances or many times. */
export const WRAPPERS: ReadonlySet<string> = new Set([
  // Other identity, environment or place.
  ...wordList(
    'env sudo sudoedit doas run0 runuser setpriv pkexec gosu su-exec sg chroot unshare nsenter firejail bwrap',
    'systemd-run systemd-nspawn dbus-run-session dbus-launch fakeroot fakechroot proot setarch linux32 linux64',
    'i386 x86_64 uname26 arch direnv mise asdf dotenv dotenvx cross-env cross-env-shell op sops aws-vault',
    'doppler vault torify torsocks proxychains proxychains4 tsocks wine wine64 cgexec capsh newrole runcon',
    'nix-shell',
  ),
  // Other time, priority, terminal or observer.
  ...wordList(
    'nice ionice chrt taskset numactl prlimit softlimit nohup setsid timeout gtimeout stdbuf gstdbuf unbuffer',
    'script scriptreplay watch flock lockf lockfile time gtime expect strace ltrace dtruss perf valgrind gdb',
    'lldb rr catchsegv caffeinate rlwrap chronic ts ifne hyperfine faketime eatmydata xvfb-run tmux screen',
    'dtach abduco at batch crontab start-stop-daemon daemonize daemon setuidgid envdir envuidgid pgrphack',
    'winpty nq',
  ),
  // Other machine.
  ...wordList('ssh autossh sshpass mosh rsh slogin dbclient plink telnet'),
  // Once per file, line or change.
  ...wordList(
    'xargs gxargs parallel find gfind fd fdfind entr nodemon watchexec inotifywait apply fswatch chokidar',
    'onchange concurrently npm-run-all run-p run-s wireit foreman honcho',
  ),
  // A program of a package, downloaded if need be.
  ...wordList(
    'npx bunx pnpx pnx yarnpkg-dlx uvx uv pipx poetry pipenv hatch rye pdm conda mamba micromamba corepack',
    'volta fnm nvm rbenv pyenv nodenv bundle rustup nix',
  ),
  // Inside a container or an environment of tools, or under a measuring tool.
  ...wordList(
    'distrobox toolbox toolbx flatpak guix devbox devenv flox proto pkgx hermit ssh-agent env-cmd dotenv-cli',
    'start-server-and-test reflex modd cargo-watch mprocs c8 nyc coverage memray py-spy austin scalene heaptrack',
  ),
  // Of a shell, in other shells than ours a program.
  ...wordList('command builtin exec eval noglob nocorrect coproc source'),
]);
