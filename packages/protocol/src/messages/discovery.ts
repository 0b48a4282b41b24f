import { z } from 'zod';
import { base64UrlSchema } from '../ids.js';
import { integerSchema, message, nonEmptySchema } from './shape.js';

/** `GET /echo` (GW-300). */
export const echoSchema = message({
  utc: z.string(),
  local: z.string(),
  timezone: z.string(),
  offsetMinutes: integerSchema,
});
/** `GET /v1/integrations/discovery` (GW-310); an empty `idp.baseUrl` means no interactive sign-in. */
export const discoverySchema = message({
  idp: message({ baseUrl: z.string(), clientId: z.string() }),
  auth: message({ patSupported: z.boolean() }),
  gateway: message({ gatewayId: nonEmptySchema, vapidPublicKey: base64UrlSchema.optional() }),
});
/** `GET /v1/status` (GW-320). */
export const complianceSchema = message({
  harpVersion: z.string(),
  conformanceLevel: z.string(),
  algorithms: z.array(z.string()),
  transport: z.array(z.string()),
  mTLS: z.boolean(),
});
/** `GET /v1/subscription` (GW-330). */
export const subscriptionSchema = message({
  plan: z.string(),
  usageCount: integerSchema,
  limit: integerSchema,
  limits: message({ maxWorkspaces: integerSchema }),
  resourceUsage: message({ workspacesUsed: integerSchema }),
});

/** What {@link echoSchema} accepts. */
export type Echo = z.infer<typeof echoSchema>;
/** What {@link discoverySchema} accepts. */
export type Discovery = z.infer<typeof discoverySchema>;
/** What {@link complianceSchema} accepts. */
export type Compliance = z.infer<typeof complianceSchema>;
/** What {@link subscriptionSchema} accepts. */
export type Subscription = z.infer<typeof subscriptionSchema>;
