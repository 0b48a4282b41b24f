import ts from 'typescript';
import { type Finding, isTestFile, type SourceFile } from './sources.js';

/** Lines from which a file or function is mentioned, and from which it is a defect. */
export const LIMITS = { file: { aim: 250, most: 400 }, function: { aim: 40, most: 80 } } as const;

/** Findings that fail the gate, and remarks that are only printed. */
export interface SizeReport {
  readonly failures: readonly Finding[];
  readonly remarks: readonly Finding[];
}

/** Judges files and functions of shipped code; tests are tables and may be long. */
export function judgeSizes(sources: readonly SourceFile[]): SizeReport {
  const failures: Finding[] = [];
  const remarks: Finding[] = [];
  const judge = (what: string, lines: number, limits: { aim: number; most: number }): void => {
    if (lines > limits.most) failures.push(`${what}: ${String(lines)} lines, at most ${String(limits.most)}`);
    else if (lines > limits.aim) remarks.push(`${what}: ${String(lines)} lines, aim at ${String(limits.aim)}`);
  };
  for (const source of sources.filter(({ file }) => !isTestFile(file))) {
    judge(source.file, source.text.trimEnd().split('\n').length, LIMITS.file);
    for (const { name, line, lines } of functionsOf(source))
      judge(`${source.file}:${String(line)} ${name}`, lines, LIMITS.function);
  }
  return { failures, remarks };
}

interface Span {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

function functionsOf({ file, text }: SourceFile): readonly Span[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const spans: Span[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
      const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
      spans.push({ name: nameOf(node), line: first + 1, lines: last - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return spans;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : '(anonymous)';
}
