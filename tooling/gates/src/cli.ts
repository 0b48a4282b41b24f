import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeHouse } from './house.js';
import { judgeChangesets, judgeRoot } from './layout.js';
import { judgeManifests, type PackageManifest, parseCatalog } from './manifests.js';
import { findImpurities, isPure } from './purity.js';
import { judgeSizes } from './size.js';
import { type Finding, listFiles, readSources } from './sources.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Each gate returns its findings and one line that says what it looked at. */
const GATES: Readonly<Record<string, () => { readonly findings: readonly Finding[]; readonly seen: string }>> = {
  purity: () => {
    const pure = readSources(root).filter(({ file }) => isPure(file));
    return { findings: pure.flatMap(findImpurities), seen: `${String(pure.length)} pure files` };
  },
  size: () => {
    const sources = readSources(root);
    const { failures, remarks } = judgeSizes(sources);
    for (const remark of remarks) console.log(`remark: ${remark}`);
    return { findings: failures, seen: `${String(sources.length)} files, ${String(remarks.length)} remarks` };
  },
  house: () => {
    const sources = readSources(root);
    return { findings: sources.flatMap(judgeHouse), seen: `${String(sources.length)} files` };
  },
  manifests: () => {
    const manifests = new Map(manifestFiles().map((file) => [file, readManifest(file)]));
    const catalog = parseCatalog(readFileSync(path.join(root, 'pnpm-workspace.yaml'), 'utf8'));
    const seen = `${String(manifests.size)} manifests, ${String(Object.keys(catalog).length)} versions`;
    return { findings: judgeManifests({ manifests, catalog }), seen };
  },
  layout: () => {
    const entries = [
      ...new Set(execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').map(topOf)),
    ];
    const folder = path.join(root, '.changeset');
    const changesets = readdirSync(folder)
      .filter((file) => file.endsWith('.md') && file !== 'README.md')
      .map((file) => ({ file: `.changeset/${file}`, text: readFileSync(path.join(folder, file), 'utf8') }));
    const versions = new Map(
      manifestFiles()
        .filter(isShipped)
        .map((file) => [readManifest(file).name, readManifest(file).version]),
    );
    const findings = [...judgeRoot(entries.filter((entry) => entry !== '')), ...judgeChangesets(changesets, versions)];
    return { findings, seen: `${String(entries.length)} root entries, ${String(changesets.length)} changesets` };
  },
};

function topOf(file: string): string {
  return file.split('/')[0] ?? '';
}

function isShipped(file: string): boolean {
  return /^(?:packages|apps)\//.test(file) && !file.startsWith('packages/testkit/');
}

function manifestFiles(): readonly string[] {
  const nested = listFiles(root, ['packages', 'apps', 'tooling']).filter((file) => file.endsWith('/package.json'));
  return ['package.json', ...nested];
}

function readManifest(file: string): PackageManifest & { readonly version: string } {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as PackageManifest & { version: string };
}

function main(name: string): number {
  const gate = GATES[name];
  if (gate === undefined) {
    console.error(`no gate "${name}"; there are: ${Object.keys(GATES).join(', ')}`);
    return 64;
  }
  const { findings, seen } = gate();
  for (const finding of findings) console.error(finding);
  console.log(`${name}: ${seen}, ${String(findings.length)} problems`);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv[2] ?? '');
