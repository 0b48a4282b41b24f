import type { IForbiddenRuleType } from 'dependency-cruiser';
import { EDGES } from './edges.js';

const WORKSPACE = '^(?:packages|apps|tooling)/';
const PURE = '^packages/(?:protocol|crypto|enforcer|actions|policy|approver|gateway-client)/src/';
const NODE_ENTRY = '^packages/gateway-client/src/node(?:[.]ts$|/)';
const SHIPPED = ['^packages/[^/]+/src/', '^packages/adapters/[^/]+/src/', '^apps/[^/]+/src/'];
const TESTKIT = '^packages/testkit/';

/** Every rule of the cruiser; each has a folder of its name under fixtures/ that must break it. */
export function boundaryRules(): IForbiddenRuleType[] {
  return [...edgeRules(), ...entryRules(), ...packageRules(), ...moduleRules()].map((rule) => ({
    ...rule,
    severity: 'error',
  }));
}

/** One rule per package, so that a failure names the package whose direction is wrong. */
function edgeRules(): IForbiddenRuleType[] {
  return Object.entries(EDGES).map(([from, allowed]) => ({
    name: `edges-of-${from.replace(/^packages\//, '').replaceAll('/', '-')}`,
    comment: `${from} may import ${allowed.length === 0 ? 'no workspace package' : allowed.join(', ')}`,
    from: { path: `^${from}/src/` },
    to: { path: WORKSPACE, pathNot: [from, ...allowed].map((folder) => `^${folder}/`) },
  }));
}

function entryRules(): IForbiddenRuleType[] {
  return [
    {
      name: 'package-without-edges',
      comment: 'a new package must be entered in tooling/boundaries/src/edges.ts',
      from: { path: '^(?:packages|apps)/', pathNot: Object.keys(EDGES).map((folder) => `^${folder}/`) },
      to: {},
    },
    {
      name: 'adapter-only-through-runtime-client',
      comment: 'an adapter talks to the daemon; it never becomes one',
      from: { path: '^packages/adapters/[^/]+/src/' },
      to: { path: '^packages/runtime/src/', pathNot: '^packages/runtime/src/client(?:[.]ts$|/)' },
    },
    {
      name: 'no-reaching-into-packages',
      comment: 'other packages are imported by their name and entry, never by a path into their folder',
      from: { path: '^((?:packages/adapters|packages|apps)/[^/]+)/(?:src|test)/' },
      to: { path: WORKSPACE, pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'engine-internals-only-for-exploration',
      comment: 'weakened engines are built by testkit alone',
      from: { path: SHIPPED, pathNot: [TESTKIT, '^packages/enforcer/'] },
      to: { path: '^packages/enforcer/src/internal[.]ts$' },
    },
    {
      name: 'node-entry-stays-at-the-edge',
      comment: 'the main entry of gateway-client runs in a browser',
      from: { path: '^packages/gateway-client/src/', pathNot: NODE_ENTRY },
      to: { path: NODE_ENTRY },
    },
  ];
}

function packageRules(): IForbiddenRuleType[] {
  return [
    {
      name: 'pure-without-node',
      comment: 'time, chance and IO enter pure packages as arguments, event data or ports',
      from: { path: PURE, pathNot: NODE_ENTRY },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-with-known-libraries',
      comment:
        'pure packages use zod, @noble, (actions) diff, (policy) unbash and (gateway-client) openid-client: all run in a browser too',
      from: { path: PURE, pathNot: NODE_ENTRY },
      to: { path: 'node_modules/', pathNot: 'node_modules/(?:zod|@noble/[^/]+|diff|unbash|openid-client)/' },
    },
    {
      name: 'shipped-without-development-code',
      comment: 'testkit and tooling are for tests',
      from: { path: SHIPPED, pathNot: TESTKIT },
      to: { path: '^(?:packages/testkit|tooling)/' },
    },
    {
      name: 'shipped-without-tests',
      comment: 'shipped code does not import tests or fixtures',
      from: { path: SHIPPED },
      to: { path: '/(?:test|fixtures)/', pathNot: 'node_modules' },
    },
    {
      name: 'no-undeclared-library',
      comment: 'what is imported stands in the package.json of the importing package',
      from: { path: '^(?:packages|apps)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'shipped-without-development-library',
      comment: 'a library that ships is a dependency, not a development dependency',
      from: { path: SHIPPED, pathNot: TESTKIT },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ];
}

function moduleRules(): IForbiddenRuleType[] {
  return [
    { name: 'no-circular', comment: 'no module depends on itself', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      comment: 'an import that does not resolve hides an edge',
      from: {},
      to: { couldNotResolve: true },
    },
  ];
}
