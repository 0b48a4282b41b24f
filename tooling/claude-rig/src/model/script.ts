/** One tool call that the scripted model makes. */
export interface ToolCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** One answer of the scripted model: text, or tool calls in one message. `before` is waited for first. */
export interface Step {
  readonly text?: string;
  readonly calls?: readonly ToolCall[];
  readonly before?: () => Promise<void>;
}

/** What the model answers in one conversation, in turn; after the last step it says `done`. */
export interface Conversation {
  /** Text of the first user message that marks the conversation: the prompt of a run, or that of a sub-agent. */
  readonly prompt: string;
  readonly steps: readonly Step[];
}

/** A step with one tool call. */
export function call(tool: string, input: ToolCall['input']): Step {
  return { calls: [{ tool, input }] };
}

/** A step with several tool calls in one message. */
export function calls(...made: readonly ToolCall[]): Step {
  return { calls: made };
}

/** A step with text, which ends the turn. */
export function say(text: string): Step {
  return { text };
}
