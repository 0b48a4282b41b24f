/** Who will own the test of a rule that is new to the manifest. */
const AREAS: Readonly<Record<string, string>> = {
  ACK: 'acknowledgements',
  APPR: 'approver',
  ART: 'artifacts',
  AUTH: 'identity',
  CONS: 'identity',
  CRYP: 'crypto',
  DND: 'policy',
  ENF: 'enforcer',
  ERR: 'gateway',
  EXCH: 'gateway',
  GW: 'gateway',
  ID: 'gateway',
  INV: 'invariants',
  LOC: 'claude-code',
  PAIR: 'pairing',
  PRES: 'gateway',
};

/** The area named in `planned: <area>` for an id nobody has classified yet. */
export function areaOf(id: string): string {
  const prefix = id.slice(0, id.indexOf('-'));
  return AREAS[prefix] ?? 'unassigned';
}
