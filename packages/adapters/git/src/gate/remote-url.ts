/** A URL of a remote without what lets somebody in: user and password of `http`, passwords, queries. */
export function withoutSecrets(url: string): string {
  const [, scheme = '', user = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/@]*(?:@[^/@]*)*)@)?(.*)$/is.exec(url) ?? [];
  if (scheme === '') return url;
  const shown = /^https?:/i.test(scheme) || user === '' ? '' : `${user.replace(/:.*$/s, '')}@`;
  return `${scheme}${shown}${rest.replace(/[?#].*$/s, '')}`;
}
