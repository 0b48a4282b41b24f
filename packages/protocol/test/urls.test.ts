import { rules } from '@airlock/conformance';
import { gatewayOrigin, isLoopbackHost, isSafeVerificationUri, UrlError } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';

describe(rules('GW-040')`gateway URLs`, () => {
  test.each([
    ['https://gateway.example', 'https://gateway.example'],
    ['https://gateway.example/', 'https://gateway.example'],
    ['https://gateway.example:8443', 'https://gateway.example:8443'],
    ['http://127.0.0.1:8377', 'http://127.0.0.1:8377'],
    ['http://127.8.9.1:8377/', 'http://127.8.9.1:8377'],
    ['http://localhost:8377', 'http://localhost:8377'],
    ['http://[::1]:8377', 'http://[::1]:8377'],
  ])('accepts %s', (text, origin) => {
    expect(gatewayOrigin(text)).toBe(origin);
  });

  test.each([
    'http://gateway.example',
    'http://192.168.0.1:8377',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://0.0.0.0:8377',
    'ws://localhost',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@gateway.example',
    'https://gateway.example/base',
    'https://gateway.example/?a=1',
    'https://gateway.example/#a',
    'gateway.example',
    '',
  ])('refuses %j', (text) => {
    expect(() => gatewayOrigin(text)).toThrow(UrlError);
  });

  test('loopback is a host name, not a prefix', () => {
    expect(isLoopbackHost('127.0.0.1')).toBe(true);
    expect(isLoopbackHost('127.0.0.1.example')).toBe(false);
    expect(isLoopbackHost('1270.0.0.1')).toBe(false);
  });
});

describe('verification URLs', () => {
  test.each([
    ['https://gateway.example/device?user_code=482913', true],
    ['http://127.0.0.1:8377/device', true],
    ['http://gateway.example/device', false],
    ['https://gateway.example/device;reboot', false],
    ['https://gateway.example/$(id)', false],
    ['https://gateway.example/`id`', false],
    ['https://gateway.example/a b', false],
    ['https://gateway.example/a&b', false],
    ['https://gateway.example/%20', false],
    ['file:///etc/passwd', false],
    ['--help', false],
    ['', false],
  ])('%s: %s', (text, safe) => {
    expect(isSafeVerificationUri(text)).toBe(safe);
  });
});
