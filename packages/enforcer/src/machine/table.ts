import type { EnforcerEffect } from '../model/effects.js';

/** What a machine answers: its next state, what to do, and what the other machines must hear. */
export interface Turn<State, Signal> {
  readonly state: State;
  readonly effects: readonly EnforcerEffect[];
  readonly signals: readonly Signal[];
}

/** One cell of a decision table: what happens, in words for the documentation and as a function. */
export interface Cell<State, Event, Context, Result> {
  readonly outcome: string;
  readonly run: (state: State, event: Event, context: Context) => Result;
}

/** A complete decision table: the compiler refuses a missing (state, event) cell. */
export type Table<State extends { name: string }, Event extends { type: string }, Context, Result> = {
  readonly [Name in State['name']]: {
    readonly [Type in Event['type']]: Cell<
      Extract<State, { readonly name: Name }>,
      Extract<Event, { readonly type: Type }>,
      Context,
      Result
    >;
  };
};

/** A turn; effects and signals are empty unless given. */
export function turn<State, Signal = never>(
  state: State,
  effects: readonly EnforcerEffect[] = [],
  signals: readonly Signal[] = [],
): Turn<State, Signal> {
  return { state, effects, signals };
}

/** A cell that acts. */
export function act<State, Event, Context, Result>(
  outcome: string,
  run: (state: State, event: Event, context: Context) => Result,
): Cell<State, Event, Context, Result> {
  return { outcome, run };
}

/** A cell in which nothing happens, and why. */
export function ignore<State, Signal>(why: string) {
  return { outcome: `— (${why})`, run: (state: State): Turn<State, Signal> => turn<State, Signal>(state) };
}

/** The cell of a table for this state and event. */
export function cellOf<State extends { name: string }, Event extends { type: string }, Context, Result>(
  table: Table<State, Event, Context, Result>,
  state: State,
  event: Event,
): Cell<State, Event, Context, Result> {
  const row: Readonly<Record<string, unknown>> = table[state.name as State['name']];
  // The table's type ties each cell to its own state and event; indexing by both names at run time is that tie.
  return row[event.type] as Cell<State, Event, Context, Result>;
}

/** Runs the cell of a table for this state and event. */
export function dispatch<State extends { name: string }, Event extends { type: string }, Context, Result>(
  table: Table<State, Event, Context, Result>,
  input: { readonly state: State; readonly event: Event; readonly context: Context },
): Result {
  return cellOf(table, input.state, input.event).run(input.state, input.event, input.context);
}

/** Rows and columns of a table in words, for documentation. */
export function describeTable(
  table: Readonly<Record<string, Readonly<Record<string, { readonly outcome: string }>>>>,
): readonly (readonly string[])[] {
  const states = Object.keys(table);
  const events = Object.keys(Object.values(table)[0] ?? {});
  const rows = events.map((event) => [event, ...states.map((state) => table[state]?.[event]?.outcome ?? '')]);
  return [['event', ...states], ...rows];
}
