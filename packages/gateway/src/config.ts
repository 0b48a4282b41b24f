import { z } from 'zod';

const limitsSchema = z.strictObject({
  /** Requests per principal and 60 s (GW-190). */
  requestsPerMinute: z.number().int().positive().default(600),
  /** Requests per client address without a principal and 60 s. */
  anonymousPerMinute: z.number().int().positive().default(60),
  /** Waits of one exchange per 60 s (EXCH-070). */
  waitsPerMinute: z.number().int().positive().default(60),
  /** Waits of one exchange at the same time. */
  concurrentWaits: z.number().int().positive().default(4),
  /** Milliseconds for the headers of a request to arrive, a TLS handshake included. */
  headersMs: z.number().int().positive().default(10_000),
  /** Milliseconds for its body after that. How long an answer takes is no matter of theirs. */
  bodyMs: z.number().int().positive().default(15_000),
  maxWorkspaces: z.number().int().positive().default(1_000_000),
});

/** Configuration of one gateway process. Exact: a misspelt member must not leave its default in force unnoticed. */
export const gatewayConfigSchema = z.strictObject({
  /** Directory that only this process writes; made with mode 0700. */
  dataDir: z.string().min(1),
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 lets the system choose. */
  port: z.number().int().min(0).max(65_535).default(8443),
  /** Origin under which clients reach the gateway; the listening address unless told. */
  publicUrl: z.url().optional(),
  /** Origin of the approver page; `publicUrl` unless told. */
  approverOrigin: z.url().optional(),
  /** PEM files for TLS. */
  tls: z.strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
  /** Addresses of proxies that terminate TLS in front of us; their `X-Forwarded-For` is believed (GW-030). */
  trustProxy: z.array(z.string().min(1)).default([]),
  logLevel: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
  limits: limitsSchema.prefault({}),
});

export type GatewayConfig = z.output<typeof gatewayConfigSchema>;
/** What a caller writes: everything but `dataDir` has a default. */
export type GatewayOptions = z.input<typeof gatewayConfigSchema>;
