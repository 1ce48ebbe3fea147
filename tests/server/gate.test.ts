import { describe, expect, test } from 'vitest';
import { refusal } from '#lib/server/gate.ts';

const at = (method: string, headers: Record<string, string>) => refusal({ method, headers }, '127.0.0.1', 3737)?.status;

describe('refusal(request, host, port)', () => {
  test('answers by its own names only', () => {
    for (const host of ['127.0.0.1:3737', 'localhost:3737', '[::1]:3737', 'LOCALHOST:3737'])
      expect(at('GET', { host })).toBeUndefined();
    for (const host of ['evil.example', '127.0.0.1:9999', 'localhost.evil.example:3737', ''])
      expect(at('GET', { host })).toBe(421);
  });

  test('answers by the names it was given, with its port or without', () => {
    process.env['THROUGHLINE_HOSTS'] = 'tl.example.com, other.example.com:8443';
    for (const host of ['tl.example.com', 'tl.example.com:3737', 'other.example.com:8443'])
      expect(at('GET', { host })).toBeUndefined();
    expect(at('GET', { host: 'tl.example.com:1' })).toBe(421);
    delete process.env['THROUGHLINE_HOSTS'];
  });

  test('refuses unsafe requests of other sites, whatever their content type', () => {
    const host = '127.0.0.1:3737';
    expect(at('POST', { host, origin: 'http://evil.example' })).toBe(403);
    expect(at('DELETE', { host, origin: 'null' })).toBe(403);
    expect(at('POST', { host, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(at('POST', { host, 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(at('POST', { host, origin: 'http://localhost:3737' })).toBe(403);
    expect(at('POST', { host, origin: 'http://127.0.0.1:3737', 'sec-fetch-site': 'same-origin' })).toBeUndefined();
    expect(at('POST', { host })).toBeUndefined();
    expect(at('GET', { host, origin: 'http://evil.example' })).toBeUndefined();
  });
});
