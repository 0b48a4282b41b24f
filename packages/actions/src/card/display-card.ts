import type { AirlockAction, ActionOf } from '@airlock/protocol';
import { CWD_EXTENSION } from '../checks.js';
import { argvMarks, lineMarks, pathMarks } from '../command/command-marks.js';
import { scanLine } from '../command/scan.js';
import { inputMarks } from '../tool/input-marks.js';
import { mcpBinding } from '../tool/mcp-call.js';
import { orderedMarks, type RiskMark } from '../render/marks.js';
import { characterMarks } from '../render/text-marks.js';
import type { FieldSource } from './field-source.js';
import { contentFields } from './fields.js';
import { gitMarks } from './git-marks.js';
import type { CardField, CardValue, DisplayCard, PairingView } from './model.js';
import { renderValue } from '../render/render.js';
import { noticeWords, pairingWarnings, titleOf } from './words.js';

/**
 * Makes the card of an action whose hash the caller recomputed (APPR-150). Every member of the plaintext is on it:
 * what the enforcer resolved apart from what the agent claims, and the origin from the approver's own record.
 */
export function displayCard(action: AirlockAction, pairing: PairingView): DisplayCard {
  const { computed, claimed, essence } = contentFields(action);
  const fields = [...computed, ...claimed];
  return {
    title: titleOf(action),
    origin: {
      enforcerLabel: value(pairing.enforcerLabel),
      workspace: value(pairing.workspaceName),
      assurance: pairing.assurance,
      warnings: pairingWarnings(pairing),
    },
    computed: computed.map(rendered),
    claimed: claimed.map(rendered),
    essence: essence.map(rendered),
    marks: orderedMarks(new Set([...fields.flatMap(fieldMarks), ...kindMarks(action)])),
    notices: (action.notices ?? []).map(noticeWords),
    size: size(
      action,
      fields.flatMap((field) => rendered(field).values),
    ),
  };
}

function rendered(field: FieldSource): CardField {
  const { label, shape, mode } = field;
  return { label, shape, values: field.values.map((raw) => value(raw, mode)) };
}

function value(raw: string, mode: FieldSource['mode'] = 'command'): CardValue {
  const { text, bytes, lines } = renderValue(raw, mode);
  return { text, bytes, lines };
}

function size(action: AirlockAction, values: readonly CardValue[]): DisplayCard['size'] {
  const total = (amount: (value: CardValue) => number) => values.reduce((sum, each) => sum + amount(each), 0);
  return {
    bytes: total((each) => each.bytes),
    lines: total((each) => each.lines),
    commands:
      action.kind === 'command' && action.shell !== undefined ? scanLine(action.commandText).commands.length : 1,
    values: values.length,
  };
}

const LAYOUT: ReadonlySet<RiskMark> = new Set(['multi-line', 'padding']);

function fieldMarks({ values, isLong }: FieldSource): readonly RiskMark[] {
  const marks = values.flatMap(characterMarks);
  return isLong === true ? marks.filter((mark) => !LAYOUT.has(mark)) : marks;
}

function kindMarks(action: AirlockAction): readonly RiskMark[] {
  const notice: readonly RiskMark[] = action.notices?.includes('touches-gate') === true ? ['touches-gate'] : [];
  switch (action.kind) {
    case 'command':
      return [...notice, ...commandMarks(action)];
    case 'policy.change':
      return ['touches-gate'];
    case 'file-edit':
      return [
        ...notice,
        ...pathMarks(
          action.files.map(({ path }) => path),
          rootOf(action),
        ),
      ];
    case 'mcp-call':
      return [...notice, ...mcpMarks(action)];
    case 'tool':
      return [...notice, ...inputMarks(action.inputJson, rootOf(action))];
    case 'git-commit':
    case 'git-push':
      return [...notice, ...gitMarks(action)];
  }
}

/** Everything of a call that may name a path; a server at an address is one that the call is sent to. */
function mcpMarks(action: ActionOf<'mcp-call'>): readonly RiskMark[] {
  const binding = mcpBinding(action);
  const texts = [action.inputJson, binding?.metaJson, binding?.paramsJson].filter((text) => text !== undefined);
  const sent: readonly RiskMark[] = binding?.server.transport === 'http' ? ['network'] : [];
  return [...sent, ...texts.flatMap((text) => inputMarks(text, rootOf(action)))];
}

function commandMarks(action: ActionOf<'command'>): readonly RiskMark[] {
  const root = rootOf(action);
  return action.shell === undefined ? argvMarks(action.argv, root) : lineMarks(action.commandText, root);
}

/** The folder that an action should stay in; undefined when the plaintext names none. */
function rootOf(action: AirlockAction): string | undefined {
  if (action.workspaceId.startsWith('/')) return action.workspaceId;
  const cwd = action.kind === 'command' ? action.cwd : action.extensions?.[CWD_EXTENSION];
  return typeof cwd === 'string' ? cwd : undefined;
}
