import { describe, expect, it } from 'vitest';
import { optionsFromEnvironment } from '../src/environment.js';

const full = {
  AIRLOCK_GATEWAY_DATA_DIR: '/data',
  AIRLOCK_GATEWAY_HOST: '0.0.0.0',
  AIRLOCK_GATEWAY_PORT: '8443',
  AIRLOCK_GATEWAY_PUBLIC_URL: 'https://gateway.example',
  AIRLOCK_GATEWAY_APPROVER_ORIGIN: 'https://approve.example',
  AIRLOCK_GATEWAY_TLS_CERT: '/cert.pem',
  AIRLOCK_GATEWAY_TLS_KEY: '/key.pem',
  AIRLOCK_GATEWAY_TRUST_PROXY: '10.0.0.1, 10.0.0.2',
  AIRLOCK_GATEWAY_LOG_LEVEL: 'warn',
};

describe('configuration from the environment', () => {
  it('reads every variable', () => {
    expect(optionsFromEnvironment(full)).toEqual({
      dataDir: '/data',
      host: '0.0.0.0',
      port: 8443,
      publicUrl: 'https://gateway.example',
      approverOrigin: 'https://approve.example',
      tls: { certFile: '/cert.pem', keyFile: '/key.pem' },
      trustProxy: ['10.0.0.1', '10.0.0.2'],
      logLevel: 'warn',
    });
  });

  it('leaves everything but the data directory to the defaults, empty values included', () => {
    const env = { AIRLOCK_GATEWAY_DATA_DIR: '/data', AIRLOCK_GATEWAY_HOST: '', PORT: '1' };
    expect(optionsFromEnvironment(env)).toEqual({ dataDir: '/data' });
  });

  it.each([
    [{}, 'AIRLOCK_GATEWAY_DATA_DIR'],
    [{ AIRLOCK_GATEWAY_DATA_DIR: '/data', AIRLOCK_GATEWAY_TLS_CERT: '/cert.pem' }, 'AIRLOCK_GATEWAY_TLS_KEY'],
  ])('says which variable is missing: %j', (env, name) => {
    expect(() => optionsFromEnvironment(env)).toThrow(name);
  });
});
