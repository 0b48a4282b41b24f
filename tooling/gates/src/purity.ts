import ts from 'typescript';
import type { Finding, SourceFile } from './sources.js';

/** Source that may not know time, chance, place or platform; gateway-client's `./node` entry is the exception. */
export const PURE_SOURCE = /^packages\/(?:protocol|crypto|enforcer|actions|policy|approver|gateway-client)\/src\//;
export const NODE_ENTRY = /^packages\/gateway-client\/src\/node(?:\.ts$|\/)/;

/** Whether the purity gate covers a file. */
export function isPure(file: string): boolean {
  return PURE_SOURCE.test(file) && !NODE_ENTRY.test(file);
}

const AMBIENT = new Set(
  (
    'process console fetch crypto performance navigator location window self global globalThis document require Buffer ' +
    'setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask structuredClone ' +
    'WebSocket EventSource XMLHttpRequest Worker localStorage sessionStorage indexedDB Intl WeakRef FinalizationRegistry eval Function'
  ).split(' '),
);

const AMBIENT_MEMBERS = new Map([
  ...names('randomBytes randomSecretKey randomPrivateKey keygen managedNonce', 'draws randomness'),
  ...names(
    'toLocaleString toLocaleDateString toLocaleTimeString toLocaleUpperCase toLocaleLowerCase localeCompare',
    'depends on the locale',
  ),
  ...names(
    'getTimezoneOffset getFullYear getMonth getDate getDay getHours getMinutes getSeconds toDateString toTimeString',
    'depends on the time zone',
  ),
]);

function names(list: string, why: string): readonly [string, string][] {
  return list.split(' ').map((name) => [name, why]);
}

/**
 * Ambient time, chance and IO in one pure file: they must enter as arguments, event data or ports.
 * Works on the syntax tree: a parameter called `fetch` is a port and fine, `const D = Date` is not.
 */
export function findImpurities({ file, text }: SourceFile): readonly Finding[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const local = declaredNames(tree);
  const findings: Finding[] = [];
  const report = (node: ts.Node, what: string): void => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
    findings.push(`${file}:${String(line)} ${what}`);
  };
  const visit = (node: ts.Node): void => {
    const problem = judgeNode(node, local);
    if (problem !== undefined) report(node, problem);
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(tree);
  return findings;
}

function judgeNode(node: ts.Node, local: ReadonlySet<string>): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return judgeSpecifier(node.moduleSpecifier);
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return 'import.meta names a place';
  if (ts.isVariableStatement(node)) return judgeModuleState(node);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return 'import() loads at run time';
  if (ts.isPropertyAccessExpression(node)) return judgeMember(node.name.text);
  if (ts.isImportSpecifier(node)) return judgeMember((node.propertyName ?? node.name).text);
  if (ts.isBindingElement(node)) return judgeMember((node.propertyName ?? node.name).getText());
  if (ts.isIdentifier(node) && isValueUse(node) && !local.has(node.text)) return judgeGlobal(node);
  return undefined;
}

function judgeSpecifier(specifier: ts.Expression | undefined): string | undefined {
  if (specifier === undefined || !ts.isStringLiteral(specifier)) return undefined;
  return specifier.text.startsWith('node:') ? `imports ${specifier.text}` : undefined;
}

function judgeModuleState(node: ts.VariableStatement): string | undefined {
  const constant = (node.declarationList.flags & ts.NodeFlags.Const) !== 0;
  return ts.isSourceFile(node.parent) && !constant ? 'mutable state of the module' : undefined;
}

function judgeMember(name: string): string | undefined {
  const why = AMBIENT_MEMBERS.get(name);
  return why === undefined ? undefined : `${name} ${why}`;
}

function judgeGlobal(node: ts.Identifier): string | undefined {
  if (node.text === 'Date')
    return isDeterministicDate(node) ? undefined : 'Date without a given instant reads the clock';
  if (node.text === 'Math') return isDeterministicMath(node) ? undefined : 'Math.random draws randomness';
  return AMBIENT.has(node.text) ? `${node.text} is ambient` : undefined;
}

/** `Date.parse(x)`, `Date.UTC(…)`, `new Date(instant)` and `x instanceof Date` are functions of their arguments. */
function isDeterministicDate(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node)
    return ['parse', 'UTC'].includes(parent.name.text);
  if (ts.isNewExpression(parent) && parent.expression === node) {
    return parent.arguments?.length === 1 && !parent.arguments.some((argument) => ts.isSpreadElement(argument));
  }
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
}

function isDeterministicMath(node: ts.Identifier): boolean {
  const { parent } = node;
  return ts.isPropertyAccessExpression(parent) && parent.expression === node && parent.name.text !== 'random';
}

/** Neither a member name, nor a declared name, nor a key: an identifier whose value is read. */
function isValueUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent) || ts.isTypeNode(parent) || ts.isTypeParameterDeclaration(parent)) return false;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  const declares = ts.isPropertySignature(parent) || ts.isMethodSignature(parent) || ts.isMethodDeclaration(parent);
  return !(declares || ts.isPropertyDeclaration(parent) || ts.isEnumMember(parent) || ts.isImportSpecifier(parent));
}

function declaredNames(tree: ts.SourceFile): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    const named = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);
    if (named && ts.isIdentifier(node.name)) found.add(node.name.text);
    if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name) found.add(node.name.text);
    if (ts.isImportSpecifier(node) || ts.isImportClause(node)) if (node.name) found.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}
