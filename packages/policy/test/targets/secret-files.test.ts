import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecretPath } from '../../src/targets/secret-files.js';

const SECRET = [
  // Environment files
  '.env',
  '.env.local',
  '.env.production.local',
  '.env-prod',
  '.env_prod',
  '.env1',
  '.env.bak',
  '.env~',
  'deploy/prod.env',
  '.envrc',
  'node/.env/x',
  // Keys
  'server.pem',
  'server.key',
  'certs/a.p12',
  'a.pfx',
  'a.p8',
  'a.jks',
  'a.keystore',
  'a.kdbx',
  'a.ppk',
  'a.ovpn',
  'server.key.old',
  'server.key.2',
  'server.key.bak~',
  'config/master.key',
  'id_rsa',
  'id_ed25519',
  'id_ecdsa_sk',
  'id_dsa',
  'id_rsa.old',
  'id_rsa_work',
  '.ssh/config',
  '.ssh/known_hosts',
  '.gnupg/trustdb.gpg',
  '.password-store/a',
  // Clouds and clusters
  '.aws/credentials',
  '.aws/config',
  '.azure/x',
  '.oci/config',
  '.kube/config',
  'kubeconfig',
  '.config/gcloud/x.db',
  '.docker/config.json',
  '.dockercfg',
  '.vault-token',
  'prod.tfvars',
  'terraform.tfstate',
  'terraform.tfstate.backup',
  'run/secrets/db',
  // Programs
  '.netrc',
  '_netrc',
  '.npmrc',
  '.npmrc.bak',
  '.yarnrc.yml',
  '.pypirc',
  '.pgpass',
  '.my.cnf',
  '.git-credentials',
  '.git/config',
  '.git/credentials',
  '.htpasswd',
  '.config/gh/hosts.yml',
  '.config/rclone/rclone.conf',
  '.cargo/credentials.toml',
  '.gem/credentials',
  '.bash_history',
  '.zsh_history',
  '.node_repl_history',
  // Called so
  'credentials',
  'credentials.json',
  '.credentials.json',
  'credentials.prod.yaml',
  'secrets.yml',
  'config/secrets.toml',
  'secret.txt',
  'passwords.csv',
  'password',
  'client_secret_123.json',
  'service-account.json',
  'service_account-prod.json',
  'secrets/database.json',
  'secrets/database',
  'src/secrets',
  'secret_key',
  // Other spellings of the same entry
  '.ENV',
  '.Env.Local',
  'ID_RSA',
  'Server.PEM',
  '.e\u200bnv',
  '.env.',
  '.env::$DATA',
  '.ＥＮＶ',
  '.s\u017fh/config',
];

const ORDINARY = [
  'README.md',
  'src/a.ts',
  '.environment',
  'environment.ts',
  'env.d.ts',
  '.env.example',
  '.env.local.sample',
  '.env.template',
  '.env.dist',
  'id_rsa.pub',
  'id_ed25519.pub',
  'identity.ts',
  'key.ts',
  'keys.md',
  'keyboard',
  'pem.rs',
  'credentials.ts',
  'credentials-provider.go',
  'secrets.test.ts',
  'src/secrets/file-store.ts',
  'secret-santa/main.py',
  'credentials.json.example',
  'passwordless.json',
  'tokens.json',
  '.docker/Dockerfile',
  '.config/app/x',
  '.git/HEAD',
  '.gitignore',
  '.gitconfig.md',
  'docs/history',
  '.history',
  'a.keys',
  'release-1',
  '~',
  'certs/a.crt',
];

describe(rules('LOC-045')`names of secrets`, () => {
  it.each(SECRET)('%s', (name) => {
    expect(isSecretPath(`/home/ada/shop/${name}`)).toBe(true);
  });

  it.each(ORDINARY)('not %s', (name) => {
    expect(isSecretPath(`/home/ada/shop/${name}`)).toBe(false);
  });

  it('a path that leads through a secret folder is one, whatever follows', () => {
    const folder = fc.constantFrom('.ssh', '.aws', '.gnupg', '.kube', '.env', '.config/gcloud');
    const rest = fc.array(fc.stringMatching(/^[a-z][a-z.]{0,8}$/), { maxLength: 4 });
    fc.assert(
      fc.property(folder, rest, (name, names) => {
        expect(isSecretPath(['/w', name, ...names].join('/'))).toBe(true);
      }),
    );
  });

  it('is judged for every text, and quickly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(typeof isSecretPath(text)).toBe('boolean');
      }),
    );
    const started = performance.now();
    isSecretPath(`/${'~'.repeat(1_000_000)}`);
    isSecretPath(`/${'.1'.repeat(500_000)}`);
    isSecretPath('/a'.repeat(500_000));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
