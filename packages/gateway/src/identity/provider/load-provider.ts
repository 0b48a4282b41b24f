const UNSUPPORTED_RUNTIME = 'oidc-provider WARNING: Unsupported runtime.';

type ProviderModule = typeof import('oidc-provider');

let loading: Promise<ProviderModule> | undefined;

/* oxlint-disable no-console -- the library reports through the console while it is imported; only its remark about the
   runtime, which this project has measured and accepts, is held back, and everything else passes. */
async function importQuietly(): Promise<ProviderModule> {
  const { warn } = console;
  console.warn = (...parts: readonly unknown[]): void => {
    const [first] = parts;
    if (typeof first === 'string' && first.includes(UNSUPPORTED_RUNTIME)) return;
    warn.apply(console, [...parts]);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
/* oxlint-enable no-console */

/** The identity provider's library, imported on first use. */
export function loadProviderLibrary(): Promise<ProviderModule> {
  loading ??= importQuietly();
  return loading;
}
