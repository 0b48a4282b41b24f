import type { RenderMode } from '../render/alphabet.js';
import type { CardField } from './model.js';

/** A field before rendering. */
export interface FieldSource {
  readonly label: string;
  readonly shape: CardField['shape'];
  readonly mode: RenderMode;
  readonly values: readonly string[];
  /** Text of many lines by its nature: line feeds and indentation in it are no warning. */
  readonly isLong?: true;
}

/** The fields that only one kind of action has. */
export interface KindFields {
  readonly computed: readonly FieldSource[];
  readonly claimed: readonly FieldSource[];
  /** Those of the computed fields that say in short what will happen. */
  readonly essence?: readonly FieldSource[];
}

/** One short value; no field without one. */
export function line(label: string, value: string | undefined): FieldSource[] {
  return value === undefined ? [] : [{ label, shape: 'line', mode: 'command', values: [value] }];
}

/** An isolated text; no field without one. */
export function block(label: string, value: string | undefined, mode: RenderMode = 'text'): FieldSource[] {
  return value === undefined ? [] : [{ label, shape: 'block', mode, values: [value] }];
}

/** A text that has many lines by its nature. */
export function content(label: string, value: string | undefined): FieldSource[] {
  return block(label, value).map((field) => ({ ...field, isLong: true }));
}

/** One value a row; no field without any. */
export function list(label: string, values: readonly string[], mode: RenderMode = 'command'): FieldSource[] {
  return values.length === 0 ? [] : [{ label, shape: 'list', mode, values }];
}
