import { type ActionOf, type AirlockAction, canonicalize, isJsonObject, type JsonValue } from '@airlock/protocol';
import { CWD_EXTENSION } from '../checks.js';
import { INTERPRETERS_EXTENSION } from '../command/command-action.js';
import { MCP_EXTENSION } from '../tool/mcp-call.js';
import { block, content, type FieldSource, type KindFields, line, list } from './field-source.js';
import { gitFields, isGitExtension } from './git-fields.js';
import { bindingFields, mcpFields } from './mcp-fields.js';

/** All members of a plaintext, sorted by who vouches for them. */
export interface ContentFields {
  readonly computed: readonly FieldSource[];
  readonly claimed: readonly FieldSource[];
  /** The computed fields that say in short what will happen. */
  readonly essence: readonly FieldSource[];
}

/** Sorts every member of a plaintext into the fields of its card: what happens first, long surroundings last. */
export function contentFields(action: AirlockAction): ContentFields {
  const own = kindFields(action);
  const isCommand = action.kind === 'command';
  return {
    computed: [
      ...own.computed,
      ...toolFields(action),
      ...extensionFields(action),
      ...(isCommand ? line('Standard input', action.stdin) : []),
      ...contextFields(action),
      ...(isCommand ? environmentFields(action.environment) : []),
    ],
    claimed: [...own.claimed, ...claimedFields(action)],
    essence: own.essence ?? [],
  };
}

function kindFields(action: AirlockAction): KindFields {
  switch (action.kind) {
    case 'command':
      return commandFields(action);
    case 'policy.change':
      return { computed: block('New policy document', action.policy), claimed: [] };
    case 'file-edit':
      return { computed: action.files.flatMap(fileFields), claimed: [] };
    case 'git-commit':
    case 'git-push':
      return gitFields(action);
    case 'mcp-call':
      return mcpFields(action);
    case 'tool':
      return { computed: [], claimed: [] };
  }
}

function commandFields(action: ActionOf<'command'>): KindFields {
  const computed = [
    ...(action.shell === undefined ? [] : block('Command line', action.commandText, 'command')),
    ...line('Shell', action.shell),
    ...list('Arguments', action.argv),
    ...line('Working directory', action.cwd),
    ...line('Program', action.program),
    ...line('Program SHA-256', action.programSha256),
  ];
  return {
    computed,
    essence: computed,
    claimed: action.shell === undefined ? block('Command as text', action.commandText, 'command') : [],
  };
}

const HASHED = /^sha256:[0-9a-f]{64}$/;

/** One row per variable, apart by what is known of its value, so that each row reads in one way only. */
function environmentFields(environment: ActionOf<'command'>['environment']): FieldSource[] {
  const rows = Object.entries(environment).map(([name, value]) => {
    if (name.includes('=')) return { form: 'other', row: canonicalize({ name, value }) };
    if (value.startsWith('=')) return { form: 'value', row: `${name}${value}` };
    if (HASHED.test(value)) return { form: 'hash', row: `${name} ${value}` };
    if (value === 'unset') return { form: 'unset', row: name };
    return { form: 'other', row: canonicalize({ name, value }) };
  });
  const of = (form: string) =>
    rows
      .filter((each) => each.form === form)
      .map((each) => each.row)
      .sort();
  return [
    ...list('Environment differences in another form', of('other')),
    ...list('Environment variables that are not set', of('unset')),
    ...list('Environment differences by value', of('value')),
    ...list('Environment differences by SHA-256 of the value', of('hash')),
  ];
}

/** The host's exact input: of every kind of action that came from a tool call (ART-140). */
function toolFields(action: AirlockAction): FieldSource[] {
  return [...line('Tool', action.tool), ...block('Tool input', action.inputJson, 'command')];
}

function fileFields(file: ActionOf<'file-edit'>['files'][number]): FieldSource[] {
  return [
    ...line(file.preimageSha256 === undefined ? 'New file' : 'File', file.path),
    ...line('SHA-256 before', file.preimageSha256),
    ...line('SHA-256 after', file.sha256),
    ...content('Difference', file.diff),
    ...content('Complete new content', file.text),
  ];
}

function extensionFields(action: AirlockAction): FieldSource[] {
  return Object.entries(action.extensions ?? {}).flatMap(([name, value]) => {
    if (isGitExtension(action, name)) return [];
    if (name === CWD_EXTENSION && typeof value === 'string') return line('Working directory of the session', value);
    const facts = name === INTERPRETERS_EXTENSION ? interpreterRows(value) : undefined;
    if (facts !== undefined) return list('Interpreters and their SHA-256', facts);
    const bound = name === MCP_EXTENSION && action.kind === 'mcp-call' ? bindingFields(action) : null;
    if (bound !== null) return bound;
    return [...line('Extension', name), ...block('Extension value', canonicalize({ value }), 'text')];
  });
}

const HEX64 = /^[0-9a-f]{64}$/;

/** One row per interpreter; undefined unless the value is exactly a list of them, so that nothing else can look like one. */
function interpreterRows(value: JsonValue): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const rows = value.map((item) => {
    if (!isJsonObject(item) || Object.keys(item).length !== 2) return undefined;
    const { path, sha256 } = item;
    const isFact = typeof path === 'string' && typeof sha256 === 'string' && HEX64.test(sha256);
    return isFact ? `${path} ${sha256}` : undefined;
  });
  const known = rows.filter((row) => row !== undefined);
  return known.length === rows.length ? known : undefined;
}

/** Members that are about the request rather than the effect; they are bound, so they are shown. */
function contextFields(action: AirlockAction): FieldSource[] {
  return [
    ...line('Kind', action.kind),
    ...line('Asked by', action.source),
    ...line('Session', action.sessionId),
    ...line('Workspace (as the enforcer names it)', action.workspace),
    ...line('Workspace id', action.workspaceId),
    ...line('Repository name', action.repoName),
    ...line('Repository reference', action.repoRef),
    ...line('Enforcer id', action.enforcerId),
    ...line('Request', action.requestId),
    ...line('Artifact type', action.artifactType),
    ...line('Created', action.createdAt),
    ...line('Expires', action.expiresAt),
    ...line('Policy version', String(action.policyVersion)),
    ...line('Policy SHA-256', action.policySha256),
    ...line('Content SHA-256', action.contentSha256),
    ...line('Salt', action.salt),
  ];
}

function claimedFields(action: AirlockAction): FieldSource[] {
  const isShown = action.kind === 'command';
  return [
    ...line('Action type', action.actionType),
    ...block('Description', action.description),
    ...(isShown ? [] : block('Summary', action.commandText)),
  ];
}
