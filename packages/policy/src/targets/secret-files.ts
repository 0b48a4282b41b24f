import { partsOf } from './named-path.js';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Folders and files that hold secrets, wherever they are; what is below such a folder belongs to it. Folded. */
const NAMES = set(
  '.ssh .aws .azure .kube .gnupg .oci .password-store .pki .netrc _netrc .authinfo .npmrc .yarnrc .yarnrc.yml .pypirc ' +
    '.pgpass .my.cnf .mylogin.cnf .dockercfg .git-credentials .gitcookies .htpasswd .vault-token .envrc .s3cfg .boto ' +
    'kubeconfig',
);

/** Names that follow each other. */
const SEQUENCES: readonly (readonly string[])[] = [
  ['.docker', 'config.json'],
  ['.config', 'gcloud'],
  ['.config', 'gh'],
  ['.config', 'op'],
  ['.config', 'rclone'],
  ['.gem', 'credentials'],
  ['.cargo', 'credentials.toml'],
  ['.git', 'config'],
  ['.git', 'credentials'],
  ['run', 'secrets'],
];

/** Kinds of files that hold keys. */
const KEY_ENDINGS = set('pem key p8 p12 pfx pkcs12 jks keystore kdbx ppk ovpn tfvars tfstate env gpg');
/** Kinds of files that hold data, none among them: `credentials.json` is a secret, `credentials.ts` a program about them. */
const DATA_ENDINGS = set(' json jsonc yaml yml toml ini cfg conf properties txt csv xml db sqlite env enc plist');

const KEY_NAME = /^id_(?:rsa|dsa|ecdsa|ed25519|xmss)/;
const SAID = /^[._]?(?:credentials?|secrets?|passwords?|client[_-]secret|service[_-]account)(?:$|[._-])/;
const SAID_FOLDER = /^[._]?(?:credentials?|secrets?|passwords?)$/;
const HISTORY = /^\..*_history$/;
const EXAMPLE = /[._-](?:example|sample|template|dist)$/;
const ENVIRONMENT = /^\.env(?:$|[^a-z])/;
/** What editors and people put behind the name of an older copy. */
const COPY = /(?:~|[._-](?:bak|backup|old|orig|save|saved|copy|tmp|swp|swo|\d+))$/;
/** No file system has longer names. */
const MAX_NAME = 255;

function withoutCopyMarks(name: string): string {
  if (name.length > MAX_NAME) return name;
  let plain = name;
  while (COPY.test(plain)) plain = plain.replace(COPY, '');
  return plain;
}

function isSecretName(name: string): boolean {
  const plain = withoutCopyMarks(name);
  if (ENVIRONMENT.test(plain)) return !EXAMPLE.test(plain);
  const ending = endingOf(plain);
  if (KEY_NAME.test(plain)) return ending !== 'pub';
  return NAMES.has(plain) || HISTORY.test(plain) || KEY_ENDINGS.has(ending);
}

/** What stands behind the last dot but one that the name begins with; empty without one. */
function endingOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1);
}

/** Whether a file of data is called a secret, or lies in a folder that is. */
function isCalledSecret(parts: readonly string[]): boolean {
  const name = withoutCopyMarks(parts.at(-1) ?? '');
  const isData = DATA_ENDINGS.has(endingOf(name)) && !EXAMPLE.test(name);
  return isData && (SAID.test(name) || parts.some((part) => SAID_FOLDER.test(part)));
}

function isAt(parts: readonly string[], at: number, names: readonly string[]): boolean {
  return names.every((name, index) => withoutCopyMarks(parts[at + index] ?? '') === name);
}

/**
 * Whether a path says by its names that it leads to secrets: keys, credentials, environment files. Blind to content: a
 * secret in a file of another name is not seen. Spellings that a file system takes for the same name are one.
 */
export function isSecretPath(absolute: string): boolean {
  const parts = partsOf(absolute);
  const isNamed = (part: string, at: number) => isSecretName(part) || SEQUENCES.some((names) => isAt(parts, at, names));
  return parts.some(isNamed) || isCalledSecret(parts);
}
