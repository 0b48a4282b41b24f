import type { AirlockAction, Commit, FileChange, McpBinding, StdinKind } from '@airlock/protocol';
import type { ToolCall } from './checks.js';

/** A file that takes part in running a script: the interpreter its first line names, and what that one hands on to. */
export interface InterpreterFact {
  /** Absolute, resolved path. */
  readonly path: string;
  /** `hex64` of its content. */
  readonly sha256: string;
}

/** What an adapter found out about a command, as the user, before asking. */
export interface CommandFacts {
  readonly argv: readonly string[];
  /** Absolute, resolved working directory. */
  readonly cwd: string;
  /** Absolute, resolved path of what is executed: for a script the script itself. */
  readonly program: string;
  /** `hex64` of its content. */
  readonly programSha256: string;
  /** In the order of the chain; absent or empty for a binary. */
  readonly interpreters?: readonly InterpreterFact[];
  /**
   * Differences from a bare login environment by name: `=` and the value (loader and interpreter variables),
   * `sha256:` and the `hex64` of the value (all others), or `unset` (a baseline variable that is missing).
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: StdinKind;
  /** The shell that reads `commandText`, when one does: absolute path. */
  readonly shell?: string;
  /** The line the shell reads. Given exactly when `shell` is. */
  readonly commandText?: string;
  /** Claimed text for the human: a label or the agent's reason. */
  readonly label?: string;
  /** The tool of a host that this command comes from; given exactly when `inputJson` is. */
  readonly tool?: string;
  /** The host's exact input, in the form of ART-140. */
  readonly inputJson?: string;
}

/** A tool call, and where it happens. */
interface PlacedCall extends ToolCall {
  /** Absolute, resolved working directory of the session; tells what lies outside and what a relative name means. */
  readonly cwd?: string;
}

/** What an adapter found out about a tool that changes one file, before asking. */
export interface FileEditFacts extends PlacedCall {
  /** Absolute, resolved path. */
  readonly path: string;
  /** Content now; null when there is no such file. */
  readonly before: Uint8Array | null;
  /** Content that the edit leaves. */
  readonly after: Uint8Array;
  /** Claimed text for the human: the agent's reason. */
  readonly note?: string;
}

/** A tool of the host of which only its input is known. */
export interface ToolFacts extends PlacedCall {
  /** Claimed text for the human. */
  readonly description: string;
}

/** A tool of an MCP server. */
export interface McpCallFacts extends PlacedCall {
  readonly server: string;
  /** What the proxy knows besides; absent for a call that a host reports. */
  readonly binding?: McpBinding;
  /** Claimed text for the human. */
  readonly description?: string;
}

/** A new policy document to be signed. */
export interface PolicyChangeFacts {
  /** Canonical text of the complete new document (LOC-082). */
  readonly policy: string;
  /** One line that says what changes, made by the enforcer. */
  readonly summary: string;
}

/** A command as it goes into the plaintext. */
export interface CommandContent {
  readonly kind: 'command';
  readonly actionType: 'terminal_command';
  readonly commandText: string;
  readonly description: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly program: string;
  readonly programSha256: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: StdinKind;
  readonly shell?: string;
  readonly tool?: string;
  readonly inputJson?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Members that every kind of content has. */
interface Described {
  readonly actionType: string;
  readonly commandText: string;
  readonly description: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A changed file as it goes into the plaintext. */
export interface FileEditContent extends Described, ToolCall {
  readonly kind: 'file-edit';
  readonly files: readonly FileChange[];
}

/** A call of a host's tool as it goes into the plaintext. */
export interface ToolContent extends Described, ToolCall {
  readonly kind: 'tool';
}

/** A call of an MCP tool as it goes into the plaintext. */
export interface McpCallContent extends Described, ToolCall {
  readonly kind: 'mcp-call';
  readonly server: string;
}

/** Members that both kinds of git content have. */
interface GitContent extends Described {
  readonly repository: string;
  readonly commits: readonly Commit[];
  readonly refs: readonly string[];
}

/** New commits of branches as they go into the plaintext. */
export interface GitCommitContent extends GitContent {
  readonly kind: 'git-commit';
}

/** A push as it goes into the plaintext. */
export interface GitPushContent extends GitContent {
  readonly kind: 'git-push';
}

/** A policy change as it goes into the plaintext. */
export interface PolicyChangeContent {
  readonly kind: 'policy.change';
  readonly actionType: 'policy_change';
  readonly commandText: string;
  readonly description: string;
  readonly policy: string;
}

/** The part of a plaintext that says what will happen; {@link PlaintextContext} is the rest. */
export type ActionContent =
  | CommandContent
  | FileEditContent
  | GitCommitContent
  | GitPushContent
  | McpCallContent
  | PolicyChangeContent
  | ToolContent;

/** What is true around an action, and what is new in every request. */
export interface PlaintextContext {
  readonly requestId: string;
  readonly artifactType: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** 16 random bytes. */
  readonly salt: Uint8Array;
  readonly enforcerId: string;
  readonly workspaceId: string;
  /** Display name of the workspace. */
  readonly workspace: string;
  readonly repoName: string;
  readonly repoRef: string;
  /** Which adapter asks. */
  readonly source: string;
  readonly sessionId?: string;
  /** Of the signed policy document in force; 0 without one. */
  readonly policyVersion: number;
  /** `hex64`; of `{}` without a document. */
  readonly policySha256: string;
  /** Names of ART-145, in any order. */
  readonly notices?: readonly string[];
}

/** A finished plaintext: the exact bytes to encrypt and the hashes over them. */
export interface ActionPlaintext {
  readonly action: AirlockAction;
  /** Canonical text of `action`. */
  readonly text: string;
  /** UTF-8 of `text`: exactly what is encrypted. */
  readonly bytes: Uint8Array;
  /** `hex64` (ART-150). */
  readonly artifactHash: string;
  /** `hex64` (ART-142). */
  readonly contentSha256: string;
}
