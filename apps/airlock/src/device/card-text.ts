import { type CardField, type DisplayCard, displayLines } from '@airlock/actions';
import type { OpenedRequest, PolicyReading, RequestGroup } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { OBSTACLE_WORDS, WARNING_WORDS } from './obstacle-words.js';
import { policyLines } from './policy-text.js';
import { timeLeft } from './time-words.js';

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
  return ['IN SHORT, this will happen:', ...fields];
}

function cardLines(card: DisplayCard, policy: PolicyReading | undefined): readonly string[] {
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
    'CLAIMED by the agent, or by a server where it says so:',
    ...(card.claimed.length === 0 ? ['  nothing'] : card.claimed.flatMap(fieldLines)),
    ...(policy === undefined ? [] : policyLines(policy)),
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
      return cardLines(content.card, content.policy);
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

/** Names everything that one decision decides. */
function countLines({ requests, count }: RequestGroup, at: number): readonly string[] {
  if (count === 1) return [];
  return [
    `THIS CARD COUNTS ${count} requests with the same content; a decision on it is signed once for each of them:`,
    ...requests.map(({ request }) => `  ${visible(request.requestId)} (${timeLeft(request.expiresAt, at)})`),
  ];
}

/**
 * The complete card as inert lines (APPR-170): every untrusted byte went through the injective renderer.
 *
 * @param at - now, epoch milliseconds
 * @param card - all requests that a decision would be for; without it only this one
 */
export function cardText(opened: OpenedRequest, at: number, card?: RequestGroup): readonly string[] {
  const { request, obstacles, warnings } = opened;
  return [
    `Request ${visible(request.requestId)}, until ${visible(request.expiresAt)} (${timeLeft(request.expiresAt, at)})`,
    ...contentLines(opened),
    `Hash: ${visible(request.body.artifactHash)}${opened.bound ? ' (of exactly what is shown)' : ''}`,
    ...(card === undefined ? [] : countLines(card, at)),
    ...warnings.map((warning) => `WARNING ${WARNING_WORDS[warning]}`),
    ...obstacles.map((obstacle) => `CANNOT BE APPROVED: ${OBSTACLE_WORDS[obstacle]}`),
  ];
}
