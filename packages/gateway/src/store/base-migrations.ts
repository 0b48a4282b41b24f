import type { Migration } from './migration.js';

/** Schema of everything but identity. Applied before that of identity. */
export const baseMigrations: readonly Migration[] = [];
