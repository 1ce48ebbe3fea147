import { Webhook } from 'standardwebhooks';

/**
 * The headers of Standard Webhooks 1.0.0: one id for all attempts, the time of this one, and a signature of each secret
 * (https://github.com/standard-webhooks/standard-webhooks).
 */
export function signedHeaders(id: string, at: Date, body: string, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' ')
  };
}
