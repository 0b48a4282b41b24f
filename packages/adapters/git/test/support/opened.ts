import { onTestFinished } from 'vitest';
import { openReceipts, openRepository, type Receipts, type Repository } from '../../src/index.js';
import { ENVIRONMENT, type GitFolder } from './git-folder.js';

/** Opens a repository of a test and its receipts. */
export async function opened(
  { folder }: GitFolder,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly repository: Repository; readonly receipts: Receipts }> {
  const repository = await openRepository(folder, { ...ENVIRONMENT, ...environment });
  onTestFinished(() => repository.close());
  return { repository, receipts: openReceipts(repository) };
}
