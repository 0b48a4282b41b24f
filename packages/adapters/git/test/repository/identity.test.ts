import { describe, expect, it } from 'vitest';
import { repositoryIdentity } from '../../src/index.js';
import { identityOfUrl } from '../../src/repository/identity.js';
import { gitFolder } from '../support/git-folder.js';
import { opened } from '../support/opened.js';

describe('the identity of a repository', () => {
  it.each<readonly [url: string, identity: string | null]>([
    ['https://example.org/ada/widgets.git', 'example.org/ada/widgets'],
    ['https://ada:secret@example.org:8443/ada/widgets.git', 'example.org/ada/widgets'],
    ['https://EXAMPLE.org/Ada/Widgets/', 'example.org/Ada/Widgets'],
    ['ssh://git@example.org:22/ada/widgets.git', 'example.org/ada/widgets'],
    ['git@example.org:ada/widgets.git', 'example.org/ada/widgets'],
    ['example.org:/ada//widgets', 'example.org/ada/widgets'],
    ['ssh://git@[2001:db8::1]:22/ada/widgets', '[2001:db8::1]/ada/widgets'],
    ['https://a@b@example.org/x', 'example.org/x'],
    ['file:///srv/widgets.git', null],
    ['file://localhost/srv/widgets.git', null],
    ['/srv/widgets.git', null],
    ['../widgets', null],
    ['C:\\widgets', null],
    ['C:/widgets', null],
    ['https://example.org/', null],
    ['https://example.org/.git', null],
    ['', null],
  ])('%s', (url, identity) => {
    expect(identityOfUrl(url)).toBe(identity);
  });

  it('is the configured one, the first if there are several', async () => {
    const at = gitFolder();
    at.git(['remote', 'add', 'origin', 'https://example.org/other']);
    const { repository } = await opened(at);
    expect(await repositoryIdentity(repository)).toBe('example.org/other');
    at.git(['config', '--add', 'airlock.repository', 'example.org/one']);
    at.git(['config', '--add', 'airlock.repository', 'example.org/two']);
    expect(await repositoryIdentity(repository)).toBe('example.org/one');
  });

  it('is none without both', async () => {
    const { repository } = await opened(gitFolder());
    expect(await repositoryIdentity(repository)).toBeNull();
  });
});
