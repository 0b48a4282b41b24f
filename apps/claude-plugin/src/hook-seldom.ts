export { seldom } from '@airlock/adapter-claude-code';
