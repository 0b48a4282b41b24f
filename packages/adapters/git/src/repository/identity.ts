import type { Repository } from './repository.js';

/** Configuration variable with the identity of the repository; may be given more than once, the first one is asked with. */
export const IDENTITY_VARIABLE = 'airlock.repository';

/** `scheme://[user[:password]@]host[:port]/path` */
const URL_FORM = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/]*@)?(\[[^\]/]+\]|[^/:]+)(?::\d*)?\/(.+)$/i;

/** `[user@]host:path`; one letter before the colon is a drive of Windows. */
const SCP_FORM = /^(?:[^/:]*@)?(\[[^\]/]+\]|[^/:]{2,}):(?!\/\/)(.+)$/;

/**
 * What a repository is called in approvals and receipts, the same in every clone: `airlock.repository`, else the URL of
 * `origin` as `host/path` without scheme, user, password, port and `.git`; null where there is neither.
 */
export async function repositoryIdentity(repository: Repository): Promise<string | null> {
  const [given] = await repository.configAll(IDENTITY_VARIABLE);
  if (given !== undefined && given !== '') return given;
  const { stdout } = await repository.run(['remote', 'get-url', 'origin'], { exits: [0, 2, 128] });
  return identityOfUrl(stdout.toString('utf8').replace(/\n$/, ''));
}

/** The same for a URL; null for a path on this machine, which says nothing elsewhere. */
export function identityOfUrl(url: string): string | null {
  const [, host = '', path = ''] = URL_FORM.exec(url) ?? SCP_FORM.exec(url) ?? [];
  if (host === '' || /^file:/i.test(url)) return null;
  const name = path
    .replace(/^\/+|\/+$/g, '')
    .replace(/\/{2,}/g, '/')
    .replace(/\.git$/, '');
  return name === '' ? null : `${host.toLowerCase()}/${name}`;
}
