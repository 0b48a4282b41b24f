import { configurationFactSchema, hexSha256Schema, programIdentitySchema } from '@airlock/protocol';
import { z } from 'zod';

/** One simple command of an action and what it resolves to, as an adapter found it out as the user. */
export const simpleCommandFactsSchema = z.strictObject({
  argv: z.array(z.string()).min(1),
  /** Null for a builtin, and for what was not found: such a command matches no pinned program. */
  program: programIdentitySchema.nullable(),
  /** Interpreters of a script, in the order of the chain. */
  interpreters: z.array(programIdentitySchema),
  /** Configuration of the program's family, sorted by name. */
  configuration: z.array(configurationFactSchema),
});
/** Facts about one simple command. */
export type SimpleCommandFacts = z.infer<typeof simpleCommandFactsSchema>;

/** What an adapter found out beside the action itself. Facts only ever lead to fewer questions: without them the human is asked. */
export const actionFactsSchema = z.strictObject({
  /** The simple commands of a command action in their order; empty where its line is no list of such commands. */
  commands: z.array(simpleCommandFactsSchema).max(16),
  /** Hash over the loader and interpreter variables that differ from a bare login. */
  environmentSha256: hexSha256Schema,
  /** Words of the action that may name files, with the real paths behind them as far as they exist. */
  targets: z.array(z.strictObject({ name: z.string(), paths: z.array(z.string()) })),
  /** Members of the host's tool input that the adapter does not know. */
  unknownInput: z.array(z.string()),
  /** What the command changes about its shell stays for the next command of the session. */
  persistentShell: z.boolean(),
  /**
   * Absent for whatever can have an effect. A tool that only reads has the real paths it reads; none for one that reads
   * nothing but its host's own state.
   */
  reads: z.array(z.string()).max(1024).optional(),
});
/** Facts about one action. */
export type ActionFacts = z.infer<typeof actionFactsSchema>;
