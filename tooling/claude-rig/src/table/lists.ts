import { fateOf, type Row } from './row.js';

/** A list of the plugin's documentation: what it is called there and the rows that belong to it. */
export interface DocumentedList {
  /** Stands in a comment before the list: `<!-- failure table: NAME -->`. */
  readonly name: string;
  readonly holds: (row: Row) => boolean;
}

const isControl = ({ name }: Row) => name === 'the human approves';
const runs = (fate: string) => fate === 'open' || fate === 'bypass';

/** What may run without an approval, as the plugin's README lists it. */
export const DOCUMENTED: readonly DocumentedList[] = [
  {
    name: 'closed by managed settings only',
    holds: (row) => !isControl(row) && runs(fateOf(row, '2.1.330', 'cooperative')),
  },
  {
    name: 'open before 2.1.295',
    holds: (row) =>
      !isControl(row) && runs(fateOf(row, '2.1.197', 'cooperative')) && !runs(fateOf(row, '2.1.330', 'cooperative')),
  },
];

/** The list as Markdown, comment first. */
export function documented({ name, holds }: DocumentedList, table: readonly Row[]): string {
  const lines = table.filter((row) => holds(row)).map((row) => `- ${row.name}`);
  return [`<!-- failure table: ${name} -->`, ...lines].join('\n');
}
