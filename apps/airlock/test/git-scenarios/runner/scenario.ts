import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the human does about one question. */
export type Answer =
  | { readonly act: 'approves' | 'interrupts' | 'is silent' }
  | { readonly act: 'rejects'; readonly reason: string };

/** What is expected of one question. Only what is written down is compared. */
export interface Card {
  readonly line: number;
  readonly kind: string;
  readonly commits: readonly string[] | number | null;
  readonly refs: readonly string[] | null;
  readonly notices: readonly string[] | null;
  readonly shows: readonly string[];
  readonly showsNot: readonly string[];
}

/** Kinds of questions. */
const KINDS = ['git-commit', 'git-push', 'command'];

/** What a command must leave as it was. */
export const PARTS = ['branches', 'refs', 'index', 'files'] as const;
export type Part = (typeof PARTS)[number];

/** A command of the shell, and everything that is expected of it. */
export interface Command {
  readonly does: 'command';
  readonly line: number;
  readonly text: string;
  readonly answers: readonly Answer[];
  /** Runs while the human looks at the first question. */
  readonly whileAsked: string | null;
  readonly exit: number | 'not 0';
  readonly says: readonly string[];
  readonly saysNot: readonly string[];
  /** Exact lines of standard output; null: anything. */
  readonly prints: readonly string[] | null;
  readonly cards: readonly Card[];
  readonly unchanged: readonly Part[];
}

export type Step =
  | Command
  | { readonly does: 'given'; readonly line: number; readonly what: string }
  | { readonly does: 'prepare'; readonly line: number; readonly text: string }
  | { readonly does: 'in'; readonly line: number; readonly folder: string }
  | { readonly does: 'gateway'; readonly line: number; readonly state: 'stops' | 'starts' }
  | { readonly does: 'verify'; readonly line: number; readonly range: string; readonly verdicts: readonly string[] };

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly covers: readonly string[];
  /** With a gateway and a daemon of its own, because it stops them. */
  readonly isAlone: boolean;
  /** Played in the short form too. */
  readonly isShort: boolean;
  readonly steps: readonly Step[];
}

/** A scenario that cannot be read. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** Every scenario of a folder, by name. */
export function readScenarios(folder: string): readonly Scenario[] {
  const files = readdirSync(folder).sort();
  const odd = files.find((file) => !/^[a-z0-9-]+\.txt$/.test(file));
  if (odd !== undefined) throw new ScenarioError(`${odd} is no name of a scenario`);
  return files.map((file) => parseScenario(file.replace(/\.txt$/, ''), readFileSync(join(folder, file), 'utf8')));
}

/** @throws ScenarioError for anything that the README of this folder does not name */
export function parseScenario(name: string, text: string): Scenario {
  const reader = new Reader(name);
  for (const [index, line] of text.split('\n').entries()) reader.take(line, index + 1);
  return reader.finish();
}

type Writable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly string[]
    ? string[]
    : T[K] extends readonly Part[]
      ? Part[]
      : T[K] extends readonly Card[]
        ? Card[]
        : T[K];
};

class Reader {
  readonly #name: string;
  #title = '';
  readonly #covers: string[] = [];
  #isAlone = false;
  #isShort = false;
  readonly #steps: Step[] = [];
  #command: Command | null = null;
  #card: Writable<Card> | null = null;
  #answers: Answer[] = [];
  #whileAsked: string | null = null;
  #takesMore: ((line: string) => void) | null = null;
  #line = 0;

  constructor(name: string) {
    this.#name = name;
  }

  take(line: string, number: number): void {
    this.#line = number;
    if (number === 1) {
      this.#title = /^# (\S.*)$/.exec(line)?.[1] ?? this.#fail('the first line is "# Title"');
      return;
    }
    if (line === '' || line.startsWith('#')) {
      this.#takesMore = null;
      return;
    }
    if (line.startsWith('  ')) {
      this.#indented(line.slice(2));
      return;
    }
    this.#takesMore = null;
    this.#card = null;
    if (line.startsWith('$ ')) this.#newCommand(line.slice(2));
    else if (line.startsWith('given $ ')) this.#prepare(line.slice('given $ '.length));
    else if (line === 'alone') this.#isAlone = true;
    else if (line === 'short') this.#isShort = true;
    else this.#keyed(line);
  }

  finish(): Scenario {
    if (this.#answers.length > 0 || this.#whileAsked !== null) this.#fail('nothing is asked after "human"');
    if (this.#covers.length === 0) this.#fail('"covers:" is missing');
    if (this.#command === null) this.#fail('no command is run');
    return {
      name: this.#name,
      title: this.#title,
      covers: this.#covers,
      isAlone: this.#isAlone,
      isShort: this.#isShort,
      steps: this.#steps,
    };
  }

  #fail(why: string): never {
    throw new ScenarioError(`${this.#name}, line ${this.#line}: ${why}`);
  }

  #indented(text: string): void {
    if (this.#takesMore !== null) this.#takesMore(text);
    else if (this.#card !== null) this.#cardLine(text, this.#card);
    else this.#fail('an indented line goes on with a command or a card');
  }

  #newCommand(text: string): void {
    const command: Command = {
      does: 'command',
      line: this.#line,
      text,
      answers: this.#answers,
      whileAsked: this.#whileAsked,
      exit: 0,
      says: [],
      saysNot: [],
      prints: null,
      cards: [],
      unchanged: [],
    };
    this.#answers = [];
    this.#whileAsked = null;
    this.#command = command;
    this.#steps.push(command);
    this.#takesMore = (line) => {
      (command as Writable<Command>).text += `\n${line}`;
    };
  }

  #prepare(text: string): void {
    const step = { does: 'prepare' as const, line: this.#line, text };
    this.#steps.push(step);
    this.#takesMore = (line) => {
      step.text += `\n${line}`;
    };
  }

  #keyed(line: string): void {
    const [, key = '', value = ''] = /^([a-z]+(?: [a-z]+)?|verify \S+): (.+)$/.exec(line) ?? [];
    if (key.startsWith('verify ')) {
      this.#steps.push({ does: 'verify', line: this.#line, range: key.slice(7), verdicts: value.split(', ') });
      return;
    }
    switch (key) {
      case 'covers':
        this.#covers.push(value);
        return;
      case 'given':
        this.#steps.push({ does: 'given', line: this.#line, what: value });
        return;
      case 'in':
        this.#steps.push({ does: 'in', line: this.#line, folder: value });
        return;
      case 'gateway':
        if (value !== 'stops' && value !== 'starts') this.#fail('the gateway "stops" or "starts"');
        this.#steps.push({ does: 'gateway', line: this.#line, state: value });
        return;
      case 'human':
        this.#answers.push(this.#answer(value));
        return;
      case 'while asked':
        this.#whileAsked = value;
        return;
      default:
        this.#expectation(key, value);
    }
  }

  #answer(value: string): Answer {
    if (value === 'approves' || value === 'interrupts' || value === 'is silent') return { act: value };
    const [, reason] = /^rejects: (.+)$/.exec(value) ?? [];
    return reason === undefined ? this.#fail(`no human "${value}"`) : { act: 'rejects', reason };
  }

  #expectation(key: string, value: string): void {
    const command = this.#command as Writable<Command> | null;
    if (command === null || this.#steps.at(-1) !== this.#command) this.#fail(`"${key}" belongs below a command`);
    switch (key) {
      case 'exit':
        command.exit = value === 'not 0' ? value : this.#number(value);
        return;
      case 'says':
        command.says.push(value);
        return;
      case 'says not':
        command.saysNot.push(value);
        return;
      case 'prints':
        command.prints = [...(command.prints ?? []), value === '(nothing)' ? '' : value];
        return;
      case 'asked':
        this.#newCard(command, value);
        return;
      case 'unchanged':
        for (const part of value.split(', ')) command.unchanged.push(this.#part(part));
        return;
      default:
        this.#fail(`no such word: "${key}"`);
    }
  }

  #part(value: string): Part {
    return PARTS.find((part) => part === value) ?? this.#fail(`unchanged: one of ${PARTS.join(', ')}`);
  }

  #number(value: string): number {
    return /^\d+$/.test(value) ? Number(value) : this.#fail(`"${value}" is no number`);
  }

  #newCard(command: Writable<Command>, kind: string): void {
    if (!KINDS.includes(kind)) this.#fail(`asked: one of ${KINDS.join(', ')}`);
    const none = { commits: null, refs: null, notices: null };
    const card: Writable<Card> = { line: this.#line, kind, ...none, shows: [], showsNot: [] };
    this.#card = card;
    command.cards.push(card);
  }

  #cardLine(text: string, card: Writable<Card>): void {
    const [, key = '', value = ''] = /^([a-z]+(?: not)?): (.+)$/.exec(text) ?? [];
    const list = value === '(none)' ? [] : value.split(' | ');
    switch (key) {
      case 'commits':
        card.commits = /^\d+$/.test(value) ? Number(value) : list;
        return;
      case 'refs':
        card.refs = list;
        return;
      case 'notices':
        card.notices = list;
        return;
      case 'shows':
        card.shows.push(value);
        return;
      case 'shows not':
        card.showsNot.push(value);
        return;
      default:
        this.#fail(`no such word of a card: "${text}"`);
    }
  }
}
