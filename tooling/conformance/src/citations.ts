import ts from 'typescript';

/** One citation of a rule by a test that runs. */
export interface Citation {
  readonly id: string;
  /** `file:line`, as a reader clicks it. */
  readonly where: string;
}

/** What one test file cites; `problems` are citations that the gate cannot count. */
export interface FileCitations {
  readonly citations: readonly Citation[];
  readonly problems: readonly string[];
}

const NOT_RUN = new Set(['skip', 'todo', 'skipIf', 'runIf', 'fails']);

/**
 * Finds the `rules('…')` calls of a test file in its syntax tree, so that neither comments nor strings count.
 * An argument that is not a literal, and a citation inside `describe.skip` and the like, are problems: neither proves anything.
 */
export function findCitations(file: string, source: string): FileCitations {
  if (!source.includes('rules(')) return { citations: [], problems: [] };
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true);
  const citations: Citation[] = [];
  const problems: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isRulesCall(node)) {
      const where = `${file}:${String(tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1)}`;
      if (node.arguments.length === 0) problems.push(`${where} cites nothing: rules() needs at least one id`);
      if (isInsideSkipped(node)) problems.push(`${where} cites rules in a test that does not run`);
      else collect({ node, where, citations, problems });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { citations, problems };
}

function collect(found: { node: ts.CallExpression; where: string; citations: Citation[]; problems: string[] }): void {
  for (const argument of found.node.arguments) {
    if (ts.isStringLiteralLike(argument)) found.citations.push({ id: argument.text, where: found.where });
    else found.problems.push(`${found.where} cites ${argument.getText()}: ids must be string literals`);
  }
}

function isRulesCall(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'rules';
}

function isInsideSkipped(node: ts.Node): boolean {
  for (let up: ts.Node | undefined = node.parent; up !== undefined; up = up.parent) {
    if (ts.isCallExpression(up) && calleeNames(up.expression).some((name) => NOT_RUN.has(name))) return true;
  }
  return false;
}

function calleeNames(expression: ts.Expression): readonly string[] {
  if (ts.isPropertyAccessExpression(expression)) return [expression.name.text, ...calleeNames(expression.expression)];
  if (ts.isCallExpression(expression)) return calleeNames(expression.expression);
  return [];
}
