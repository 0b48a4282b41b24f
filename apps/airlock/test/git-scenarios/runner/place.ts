import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './shell.js';
import { type Realm, Stage } from './stage.js';

/** Settings of a person who uses git. */
const GITCONFIG = `[init]
  defaultBranch = main
[protocol "file"]
  allow = always
[advice]
  detachedHead = false
[maintenance]
  auto = false
[gc]
  auto = 0
[pull]
  rebase = false
`;

/** First day of the scenarios, seconds since the epoch. */
const BEGIN = 1_772_460_000;

const GATE_OFF = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: '/nonexistent' };

/** Names that the repository of a template has before it is copied. */
const TEMPLATE = 'template';

/** What "given: …" makes, as a shell makes it. */
const GIVEN: Readonly<Record<string, string>> = {
  'a repository': `copy lone/work work`,
  'an unborn repository': `copy unborn/work work`,
  'an unpaired repository': `mkdir -p "$NOBODYS"; cp -R "$TEMPLATES/lone/work" "$NOBODYS/work"
    git -C "$NOBODYS/work" config airlock.repository "$ID"
    ln -s "$NOBODYS/work" work`,
  'a repository with a server': `copy served/work work; copy served/server.git server.git
    git -C work remote set-url origin "$ROOT/server.git"`,
  'a repository with a plain server': `copy served/work work; copy served/server.git server.git
    git -C work remote set-url origin "$ROOT/server.git"
    rm server.git/hooks/pre-receive`,
  'a repository with an empty server': `copy served/work work; copy empty/server.git server.git
    git -C work remote set-url origin "$ROOT/server.git"
    git -C work update-ref -d refs/remotes/origin/main`,
  'a repository with a server that reads .airlock/approvers': `copy served/work work; copy served/server.git server.git
    git -C work remote set-url origin "$ROOT/server.git"
    git -C server.git config --unset-all airlock.approver
    git -C work config --unset-all airlock.approver
    git -C server.git config core.hooksPath /nonexistent
    cd work
    mkdir .airlock
    echo "ed25519 $KEY ada" >.airlock/approvers
    git add .airlock
    git commit -q -m 'name the approver'
    git push -q origin main
    git -C "$ROOT/server.git" config --unset core.hooksPath`,
};

/** A clone of the server with the gate: of our human, or of another one. */
const CLONE = /^a clone ([a-z]+)( of another human)?$/;

const COPY = `copy() {
  cp -R "$TEMPLATES/$1" "$2"
  git -C "$2" config airlock.repository "$ID"
}
`;

/** The folders of one scenario. */
export class Place {
  readonly root: string;
  /** What the repository is called in approvals. */
  readonly identity: string;
  #cwd: string;
  #day = 0;

  constructor(
    private readonly stage: Stage,
    private readonly name: string,
  ) {
    this.root = stage.folder('ours', name);
    this.identity = `scenario.example/${name}`;
    this.#cwd = this.root;
    mkdirSync(join(this.root, 'home'), { recursive: true });
    writeFileSync(join(this.root, 'home', '.gitconfig'), GITCONFIG);
  }

  get cwd(): string {
    return this.#cwd;
  }

  /** @param folder below the folder of the scenario */
  enter(folder: string): void {
    this.#cwd = join(this.root, folder);
  }

  /** What commands see. Every command comes a minute later than the one before. */
  environment(): Readonly<Record<string, string>> {
    this.#day += 60;
    const date = `${BEGIN + this.#day} +0000`;
    const human = (realm: Realm) => this.stage.folder(realm, this.name);
    return {
      PATH: `${this.stage.bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
      HOME: join(this.root, 'home'),
      LC_ALL: 'C',
      NO_COLOR: '1',
      AIRLOCK_HOME: this.stage.site.developer.home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_EDITOR: 'true',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.org',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.org',
      GIT_COMMITTER_DATE: date,
      ID: this.identity,
      KEY: this.stage.humans.ours.publicKey,
      OTHER_KEY: this.stage.humans.theirs.publicKey,
      ROOT: this.root,
      THEIRS: human('theirs'),
      NOBODYS: human('nobodys'),
      TEMPLATES: this.stage.folder('ours', TEMPLATE),
    };
  }

  /** Makes repositories. The folder `work` is where commands run from then on. */
  async given(what: string): Promise<void> {
    const [, clone, other] = CLONE.exec(what) ?? [];
    if (clone !== undefined) {
      await this.#clone(clone, other !== undefined);
      return;
    }
    const script = GIVEN[what];
    if (script === undefined) throw new Error(`nobody knows how to make ${what}`);
    await mustRun(COPY + script, { cwd: this.root, env: { ...this.environment(), ...GATE_OFF } });
    this.enter('work');
  }

  /** Runs lines without the gate, also without that of the server. */
  async prepare(text: string): Promise<void> {
    const server = join(this.root, 'server.git');
    const switched = (how: string) => `[ ! -d '${server}' ] || git -C '${server}' config ${how}\n`;
    const before = switched('core.hooksPath /nonexistent');
    const after = switched('--unset core.hooksPath');
    await mustRun(`${before}(\n${text}\n)\n${after}`, { cwd: this.#cwd, env: { ...this.environment(), ...GATE_OFF } });
  }

  async #clone(name: string, isOther: boolean): Promise<void> {
    const folder = isOther ? join(this.stage.folder('theirs', this.name), name) : join(this.root, name);
    const link = isOther ? `ln -s '${folder}' '${name}'` : ':';
    await mustRun(
      `git clone -q server.git '${folder}'; ${link}; cd '${folder}'; airlock git install --repository "$ID"`,
      { cwd: this.root, env: this.environment() },
    );
  }
}

/** What every scenario begins with, made once, with the command of a user. */
const TEMPLATES = `
airlock_in() { (cd "$1" && airlock git install --repository example.org/template); }
commits() {
  echo 1 >a; git add a; git commit -q -m first
  echo 2 >b; git add b; git commit -q -m second
}
for each in unborn lone served; do
  mkdir -p $each; git init -q $each/work
  [ $each = unborn ] || (cd $each/work; commits)
  git -C $each/work config airlock.approver "$KEY"
done
mkdir empty
for each in empty served; do
  git init -q --bare $each/server.git
  git -C $each/server.git config airlock.approver "$KEY"
done
cd served/work
git remote add origin ../server.git
git push -q origin main
git branch -q -u origin/main
cd ../..
for each in unborn lone served; do airlock_in $each/work; done
for each in empty served; do airlock_in $each/server.git; done
`;

/** A stage with everything that scenarios begin with. */
export async function openStage(): Promise<Stage> {
  const stage = await Stage.open();
  const place = new Place(stage, TEMPLATE);
  await mustRun(TEMPLATES, { cwd: place.root, env: place.environment() });
  return stage;
}
