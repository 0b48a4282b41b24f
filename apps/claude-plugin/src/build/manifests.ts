/** Name of the plugin, before the colon of its commands. */
const PLUGIN = 'airlock';
/** Name of the marketplace: `claude plugin install airlock@airlock`. */
const MARKETPLACE = 'airlock';
const AUTHOR = { name: 'The Airlock authors' };
const DESCRIPTION =
  'Asks a human before Claude Code acts: no shell command, file edit or MCP call runs without a signed approval.';
const KEYWORDS = ['approval', 'human-in-the-loop', 'security', 'hooks', 'signatures'];

/** Version of a package.json. Throws `TypeError` when it has none. */
export function versionOf(manifest: unknown): string {
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    if (typeof manifest.version === 'string') return manifest.version;
  }
  throw new TypeError('package.json has no version');
}

/** Text of `.claude-plugin/plugin.json`, from package.json of this application. */
export function pluginText(manifest: unknown): string {
  const plugin = {
    name: PLUGIN,
    version: versionOf(manifest),
    displayName: 'Airlock',
    description: DESCRIPTION,
    author: AUTHOR,
    license: 'MIT',
    keywords: KEYWORDS,
  };
  return `${JSON.stringify(plugin, null, 2)}\n`;
}

/** Text of `.claude-plugin/marketplace.json`: a marketplace of one plugin that lies beside it. */
export function marketplaceText(manifest: unknown): string {
  const marketplace = {
    name: MARKETPLACE,
    description: "A human's signature between an AI agent and the act.",
    owner: AUTHOR,
    plugins: [
      { name: PLUGIN, source: './airlock', description: DESCRIPTION, version: versionOf(manifest), author: AUTHOR },
    ],
  };
  return `${JSON.stringify(marketplace, null, 2)}\n`;
}
