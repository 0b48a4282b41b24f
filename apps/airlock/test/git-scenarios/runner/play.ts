import type { OpenedRequest } from '@airlock/approver';
import { cardProblems, type SeenCard, seenCard } from './card.js';
import { Place } from './place.js';
import type { Answer, Command, Part, Scenario, Step } from './scenario.js';
import { type Ended, type Running, shell } from './shell.js';
import type { Decided, Stage } from './stage.js';

/** Milliseconds in which an interrupted question must be gone. */
const WITHDRAWN_MS = 15_000;

/** What each part of a repository looks like. */
const STATE: Readonly<Record<Part, string>> = {
  branches: 'git for-each-ref refs/heads; git symbolic-ref -q HEAD || git rev-parse HEAD',
  refs: 'git for-each-ref',
  index: 'git ls-files --stage',
  files: 'git status --porcelain=v1; find . -name .git -prune -o -type f -exec cksum {} + | sort',
};

/** A scenario that did not go as it says, with everything that happened. */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure';
}

/** Plays a scenario; gives how many steps were taken. @throws ScenarioFailure */
export async function play(scenario: Scenario, stage: Stage): Promise<number> {
  const player = new Player(scenario, stage);
  let taken = 0;
  for (const step of scenario.steps) {
    await player.take(step);
    taken += 1;
  }
  return taken;
}

/** The command that runs now, and what the human has seen of it. */
interface Turn {
  readonly command: Command;
  readonly answers: Answer[];
  readonly seen: SeenCard[];
  readonly problems: string[];
  running: Running | null;
}

class Player {
  readonly #scenario: Scenario;
  readonly #stage: Stage;
  readonly #place: Place;
  readonly #transcript: string[] = [];
  #turn: Turn | null = null;

  constructor(scenario: Scenario, stage: Stage) {
    this.#scenario = scenario;
    this.#stage = stage;
    this.#place = new Place(stage, scenario.name);
    stage.listen(this.#place, (opened) => this.#asked(opened));
  }

  async take(step: Step): Promise<void> {
    try {
      await this.#take(step);
    } catch (error) {
      if (error instanceof ScenarioFailure) throw error;
      this.#fail(step, [error instanceof Error ? error.message : String(error)]);
    }
  }

  async #take(step: Step): Promise<void> {
    switch (step.does) {
      case 'given':
        this.#transcript.push(`given: ${step.what}`);
        await this.#place.given(step.what);
        return;
      case 'prepare':
        this.#transcript.push(`given $ ${step.text}`);
        await this.#place.prepare(step.text);
        return;
      case 'in':
        this.#transcript.push(`in: ${step.folder}`);
        this.#place.enter(step.folder);
        return;
      case 'gateway':
        this.#transcript.push(`gateway: ${step.state}`);
        await (step.state === 'stops' ? this.#stage.stopGateway() : this.#stage.startGateway());
        return;
      case 'verify':
        await this.#verify(step);
        return;
      case 'command':
        await this.#run(step);
        return;
    }
  }

  #fail(step: Step, problems: readonly string[]): never {
    const { name, title } = this.#scenario;
    const head = `${title}\n${name}.txt, line ${step.line}:`;
    throw new ScenarioFailure([head, ...problems.map((problem) => `  ${problem}`), '', ...this.#transcript].join('\n'));
  }

  async #run(command: Command): Promise<void> {
    this.#transcript.push(`$ ${command.text}`);
    const before = await this.#state(command.unchanged);
    const turn: Turn = { command, answers: [...command.answers], seen: [], problems: [], running: null };
    this.#turn = turn;
    turn.running = shell(command.text, { cwd: this.#place.cwd, env: this.#place.environment() });
    const ended = await turn.running.ended;
    this.#turn = null;
    this.#told(ended);
    const after = await this.#state(command.unchanged);
    const changed = command.unchanged.filter((part) => before.get(part) !== after.get(part));
    const problems = [
      ...turn.problems,
      ...outputProblems(command, ended),
      ...questionProblems(command, turn),
      ...changed.map((part) => `${part} changed:\n${before.get(part) ?? ''}\n---\n${after.get(part) ?? ''}`),
      ...(await this.#withdrawnProblems(turn)),
    ];
    if (problems.length > 0) this.#fail(command, problems);
  }

  #told({ exit, stdout, stderr }: Ended): void {
    if (stdout !== '') this.#transcript.push(stdout.trimEnd());
    if (stderr !== '') this.#transcript.push(stderr.trimEnd());
    if (exit !== 0) this.#transcript.push(`exit: ${exit}`);
  }

  async #asked(opened: OpenedRequest): Promise<Decided> {
    const turn = this.#turn;
    if (turn === null) {
      this.#transcript.push('asked while no command ran');
      return { act: 'reject', reason: 'no command runs' };
    }
    try {
      const seen = seenCard(opened);
      turn.seen.push(seen);
      this.#transcript.push(`asked: ${seen.kind} ${seen.refs.join(' | ')}: ${seen.commits.join(' | ')}`);
      if (turn.seen.length === 1) await this.#meanwhile(turn.command);
    } catch (error) {
      turn.problems.push(error instanceof Error ? error.message : String(error));
    }
    const answer = turn.answers.shift();
    switch (answer?.act) {
      case 'approves':
        return { act: 'approve' };
      case 'rejects':
        return { act: 'reject', reason: answer.reason };
      case 'interrupts':
        turn.running?.interrupt();
        return null;
      case 'is silent':
        return null;
      case undefined:
        turn.problems.push('the human was asked once more than the scenario says');
        return { act: 'reject', reason: 'not in the scenario' };
    }
  }

  async #meanwhile({ whileAsked }: Command): Promise<void> {
    if (whileAsked === null) return;
    this.#transcript.push(`while asked: ${whileAsked}`);
    const ended = await shell(whileAsked, { cwd: this.#place.cwd, env: this.#place.environment() }).ended;
    this.#told(ended);
    if (ended.exit !== 0) throw new Error(`exit ${ended.exit} while asked`);
  }

  /** Nobody may find a question in the inbox whose command is gone. */
  async #withdrawnProblems({ command, seen }: Turn): Promise<readonly string[]> {
    if (!command.answers.some(({ act }) => act === 'interrupts' || act === 'is silent')) return [];
    const isOpen = () => seen.some(({ requestId }) => this.#stage.isWaiting(requestId));
    for (const end = performance.now() + WITHDRAWN_MS; performance.now() < end && isOpen(); ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return isOpen() ? ['the question is still in the inbox'] : [];
  }

  async #state(parts: readonly Part[]): Promise<ReadonlyMap<Part, string>> {
    const found = new Map<Part, string>();
    const env = { ...this.#place.environment(), GIT_OPTIONAL_LOCKS: '0' };
    for (const part of parts) found.set(part, (await shell(STATE[part], { cwd: this.#place.cwd, env }).ended).stdout);
    return found;
  }

  async #verify(step: Extract<Step, { does: 'verify' }>): Promise<void> {
    const text = `airlock git verify '${step.range}' --json`;
    this.#transcript.push(`$ ${text}`);
    const ended = await shell(text, { cwd: this.#place.cwd, env: this.#place.environment() }).ended;
    this.#told(ended);
    const { ok, commits } = JSON.parse(ended.stdout || '{"ok":false,"commits":[]}') as {
      readonly ok: boolean;
      readonly commits: readonly { readonly ok: boolean; readonly reason: string | null }[];
    };
    const found = commits.map((each) => (each.ok ? 'ok' : (each.reason ?? '?')));
    const [wanted, seen] = [step.verdicts, found].map((each) => each.join(', '));
    const problems = [
      ...(wanted === seen ? [] : [`expected ${wanted}, found ${seen}`]),
      ...(ok === found.every((each) => each === 'ok') && ok === (ended.exit === 0) ? [] : ['exit and verdicts differ']),
    ];
    if (problems.length > 0) this.#fail(step, problems);
  }
}

function outputProblems(command: Command, { exit, stdout, stderr }: Ended): readonly string[] {
  const said = `${stdout}${stderr}`;
  const isExit = command.exit === 'not 0' ? exit !== 0 : exit === command.exit;
  const printed = stdout.replace(/\n$/, '');
  const wanted = command.prints?.join('\n') ?? printed;
  return [
    ...(isExit ? [] : [`expected exit ${command.exit}, found ${exit}`]),
    ...command.says.filter((text) => !said.includes(text)).map((text) => `does not say: ${text}`),
    ...command.saysNot.filter((text) => said.includes(text)).map((text) => `says: ${text}`),
    ...(printed === wanted ? [] : [`expected to print:\n${wanted}\nprinted:\n${printed}`]),
  ];
}

function questionProblems({ cards }: Command, { seen, answers }: Turn): readonly string[] {
  const [wanted, found] = [cards.length, seen.length];
  return [
    ...(wanted === found ? [] : [`expected ${wanted} question(s), asked ${found}`]),
    ...(answers.length === 0 ? [] : [`${answers.length} answer(s) of the human were not needed`]),
    ...cards.flatMap((card, index) => {
      const each = seen[index];
      return each === undefined ? [] : cardProblems(card, each);
    }),
  ];
}
