import { type CardField, type DisplayCard, displayLines } from '@airlock/actions';
import type { Obstacle, OpenedRequest, Warning } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { timeLeft } from './time-words.js';

const OBSTACLE_WORDS: Readonly<Record<Obstacle, string>> = {
  'unknown-pairing': 'this approver knows no such pairing',
  'revoked-pairing': 'the pairing was revoked',
  undecryptable: 'it does not open with the key of the pairing',
  'waiting-for-proof': 'nothing has proved yet that the other side is your workspace',
  'not-text': 'it is not text',
  'foreign-plaintext': 'it has a form that a verified pairing must not use',
  'wrong-aad': 'it was sealed for another request',
  'hash-mismatch': 'the hash that would be signed is not the hash of what is shown',
  'not-canonical': 'its text is not canonical',
  'unreadable-action': 'it is not an action that this approver understands',
  'request-mismatch': 'it names another request than the one it came with',
  'content-hash-mismatch': 'its content hash is wrong',
  'policy-rolled-back': 'the policy it was made under is older than the newest you signed',
  'policy-version': 'its policy document is not newer than the newest you signed',
  'cannot-loosen': 'this approver must not loosen policy',
  expired: 'it has expired',
};

const WARNING_WORDS: Readonly<Record<Warning, string>> = {
  'not-bound': 'content not bound to this approval',
  'gateway-trusted': 'this pairing trusts the gateway; pair again with the full code',
  'policy-rolled-back': 'the policy was rolled back',
  'invalid-choices': 'the choices it asked for are invalid and not shown',
};

function fieldLines(field: CardField): readonly string[] {
  const [first] = field.values;
  switch (field.shape) {
    case 'line':
      return [`  ${field.label}: ${first?.text ?? ''}`];
    case 'list':
      return [`  ${field.label} (${field.values.length}):`, ...field.values.map((value) => `    |${value.text}|`)];
    case 'block':
      return [
        `  ${field.label} (${field.values.map((value) => `${value.bytes.toLocaleString('en')} bytes, ${value.lines} lines`).join('; ')}):`,
        ...field.values.flatMap((value) => displayLines(value.text).map((line) => `    |${line}`)),
      ];
  }
}

/** More rows than this are not repeated: a part of them could pass for the whole. */
const REPEATED_ROWS = 20;

/** What will happen, once more where the eye ends; whole, or only as a pointer to the whole. */
function essenceLines(card: DisplayCard): readonly string[] {
  if (card.essence.length === 0) return [];
  const fields = card.essence.flatMap((field) => {
    const lines = fieldLines(field);
    const text = field.values.reduce((sum, value) => sum + value.text.length, 0);
    const isShort = lines.length <= REPEATED_ROWS && text <= REPEATED_ROWS * 80;
    return isShort ? lines : [`  ${field.label}: too long to repeat; read all of it above (${lines.length - 1} rows)`];
  });
  return ['IN SHORT, this will run:', ...fields];
}

function cardLines(card: DisplayCard): readonly string[] {
  const { bytes, lines, commands, values } = card.size;
  return [
    `${card.title}`,
    `  From: ${card.origin.enforcerLabel.text}, workspace ${card.origin.workspace.text} (${card.origin.assurance})`,
    ...card.origin.warnings.map((warning) => `  WARNING ${warning}`),
    ...card.notices.map((notice) => `  NOTICE ${notice}`),
    `  Marks: ${card.marks.length === 0 ? 'none' : card.marks.join(', ')}`,
    `  Size: ${bytes.toLocaleString('en')} bytes, ${lines} lines, ${commands} commands, ${values} values`,
    'COMPUTED by the workspace:',
    ...card.computed.flatMap(fieldLines),
    'CLAIMED by the agent:',
    ...(card.claimed.length === 0 ? ['  nothing'] : card.claimed.flatMap(fieldLines)),
    ...essenceLines(card),
  ];
}

function contentLines(opened: OpenedRequest): readonly string[] {
  const { content, pairing } = opened;
  const from =
    pairing === null
      ? 'an unknown pairing'
      : `${pairing.enforcerLabel}, workspace ${pairing.workspaceName} (${pairing.assurance})`;
  switch (content.kind) {
    case 'action':
      return cardLines(content.card);
    case 'text':
      return [
        'Text that is not in our form',
        `  From: ${visible(from)}`,
        `  Marks: ${content.rendered.marks.length === 0 ? 'none' : content.rendered.marks.join(', ')}`,
        `  Size: ${content.rendered.bytes.toLocaleString('en')} bytes, ${content.rendered.lines} lines`,
        ...displayLines(content.rendered.text).map((line) => `    |${line}`),
      ];
    case 'none':
      return ['Content that cannot be shown', `  From: ${visible(from)}`];
  }
}

/**
 * The complete card as inert lines (APPR-170): every untrusted byte went through the injective renderer.
 *
 * @param at - now, epoch milliseconds
 */
export function cardText(opened: OpenedRequest, at: number): readonly string[] {
  const { request, obstacles, warnings } = opened;
  return [
    `Request ${visible(request.requestId)}, until ${visible(request.expiresAt)} (${timeLeft(request.expiresAt, at)})`,
    ...contentLines(opened),
    `Hash: ${visible(request.body.artifactHash)}${opened.bound ? ' (of exactly what is shown)' : ''}`,
    ...warnings.map((warning) => `WARNING ${WARNING_WORDS[warning]}`),
    ...obstacles.map((obstacle) => `CANNOT BE APPROVED: ${OBSTACLE_WORDS[obstacle]}`),
  ];
}
