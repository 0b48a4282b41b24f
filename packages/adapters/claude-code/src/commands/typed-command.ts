import { z } from 'zod';
import { idSchema, members, pathSchema, readEvent } from '../events/read-event.js';
import { COMMAND_NAMES, PLUGIN_NAME } from '../install/plugin-files.js';
import { CommandFailure } from './failure.js';

/** One of the eleven. */
export type CommandName = (typeof COMMAND_NAMES)[number];

/** A command as a human typed it. */
export interface TypedCommand {
  readonly name: CommandName;
  /** What follows the name, without white space around it. */
  readonly argument: string;
  /** Folder of the session, absolute. */
  readonly cwd: string;
}

const eventSchema = z.object({
  hook_event_name: z.literal('UserPromptExpansion'),
  expansion_type: z.literal('slash_command'),
  command_name: idSchema,
  command_args: z.string().max(4096).optional(),
  command_source: z.string().max(64),
  cwd: pathSchema,
});

function isCommandName(name: string): name is CommandName {
  return COMMAND_NAMES.some((each) => each === name);
}

/**
 * Reads a `UserPromptExpansion` event. Only a command of a plugin with exactly one of our names is one: a repository can
 * have its own commands of any name, and the model could start those.
 *
 * @throws AdapterFailure `input_invalid`
 * @throws CommandFailure `not_our_command`
 */
export function typedCommand(bytes: Uint8Array): TypedCommand {
  const event = members(readEvent(bytes), eventSchema);
  const prefix = `${PLUGIN_NAME}:`;
  const name = event.command_name.startsWith(prefix) ? event.command_name.slice(prefix.length) : '';
  if (event.command_source !== 'plugin' || !isCommandName(name)) {
    throw new CommandFailure(
      'not_our_command',
      'this command has the name of one of ours but is not part of the plugin',
    );
  }
  return { name, argument: (event.command_args ?? '').trim(), cwd: event.cwd };
}
