import type { StoreEngine } from '../../src/store/engine.js';

/** When everything in the seeded store happened, epoch milliseconds. */
export const NOW = 1_000_000;

const FAMILY = {
  familyId: 'fam-1',
  clientId: 'airlock-approver',
  role: 'approver',
  expiresAt: NOW * 2,
  refreshHash: 'refresh-1',
  refreshExpiresAt: NOW * 2,
  scope: 'approver',
  now: NOW,
} as const;

const ENFORCER = {
  appId: '',
  deviceId: 'dev-1',
  enforcerId: 'enf-1',
  enforcerLabel: 'Airlock',
  workspaceName: 'widgets',
  gatewayUrl: 'https://gateway.example',
};

async function seedAccount(store: StoreEngine): Promise<void> {
  await store.run('addUser', { userId: 'usr-1', name: 'anna', now: NOW });
  await store.run('createApp', {
    appId: 'app-1',
    clientId: 'client-1',
    name: 'an app',
    kind: 'Web',
    createdAt: NOW,
    ownerId: 'usr-1',
    allowedOrigins: ['https://app.example'],
  });
  await store.run('checkConsent', { userId: 'usr-1', appId: 'app-1', consentId: 'cns-1', now: NOW });
  await store.run('createPat', {
    tokenId: 'pat-1',
    userId: 'usr-1',
    role: 'enforcer',
    name: 'a token',
    prefix: 'airpat_AAAA',
    tokenHash: 'pat-hash',
    createdAt: NOW,
    expiresAt: NOW * 2,
  });
  await store.run('registerApprover', {
    approverId: 'apr-1',
    label: 'a phone',
    publicKey: 'key-1',
    now: NOW,
    by: { userId: 'usr-1' },
    family: FAMILY,
  });
}

async function seedSignIn(store: StoreEngine): Promise<void> {
  await store.run('createDeviceCode', {
    codeHash: 'device-1',
    userCode: 'ABCD-EFGH',
    clientId: 'airlock-cli',
    clientLabel: 'a terminal',
    scope: 'enforcer',
    now: NOW,
    expiresAt: NOW * 2,
    intervalMs: 5000,
  });
  await store.run('putOidcRecord', { model: 'Grant', idHash: 'oidc-1', uid: 'uid-1', payload: '{}' });
}

async function seedPairing(store: StoreEngine): Promise<void> {
  for (const [nonce, code] of [
    ['pn-1', 'AAAAAA'],
    ['pn-2', 'BBBBBB'],
  ] as const) {
    await store.run('initiatePairing', {
      userId: 'usr-1',
      nonce,
      codes: [code],
      now: NOW,
      expiresAt: NOW * 2,
      enforcer: ENFORCER,
      maxWorkspaces: 10,
    });
  }
  await store.run('completePairing', {
    userId: 'usr-1',
    nonce: 'pn-1',
    approverId: 'apr-1',
    publicKey: 'key-1',
    signerKeyId: 'signer-1',
    responseJson: '{}',
    pairingId: 'pair-1',
    routingToken: 'rt-1',
    routingTokenHash: 'rt-hash',
    now: NOW,
  });
}

/** Fills a store with one of everything that can be read. */
export async function seed(store: StoreEngine): Promise<void> {
  await seedAccount(store);
  await seedSignIn(store);
  await seedPairing(store);
  await store.run('submitArtifact', {
    userId: 'usr-1',
    appId: '',
    enforcerId: 'enf-1',
    requestId: 'req-1',
    artifactType: 'command.review',
    artifactHash: 'hash-1',
    createdAt: NOW,
    expiresAt: NOW + 600_000,
    now: NOW,
    routingTokenHash: 'rt-hash',
    msgId: 'msg-1',
    ciphertext: '{}',
  });
  await store.run('addPolicy', {
    userId: 'usr-1',
    policyId: 'dnd-1',
    approverId: 'apr-1',
    enforcerId: 'enf-1',
    workspaceId: 'ws-1',
    document: '{}',
    createdAt: NOW,
    expiresAt: NOW * 2,
    now: NOW,
    maxPolicies: 10,
  });
}
