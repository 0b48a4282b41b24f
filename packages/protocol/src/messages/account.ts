import { z } from 'zod';
import { rfc3339Schema, textOf } from '../ids.js';
import { LIMITS } from '../limits.js';
import { labelSchema, message, nonEmptySchema } from './shape.js';

const nameSchema = textOf(1, LIMITS.labelCharacters);

/** `POST /v1/pats`. */
export const patCreateRequestSchema = message({
  name: nameSchema,
  expiresAt: rfc3339Schema,
  appId: nonEmptySchema.optional(),
});
const patMembers = {
  tokenId: nonEmptySchema,
  name: nameSchema,
  prefix: z.string(),
  createdAt: rfc3339Schema,
  expiresAt: rfc3339Schema,
  appId: nonEmptySchema.optional(),
};
/** Answer 201: the only place where `token` appears (APPR-110). */
export const patCreateResponseSchema = message({ ...patMembers, token: nonEmptySchema });
/** `GET /v1/pats`. */
export const patListSchema = message({
  items: z.array(message({ ...patMembers, lastUsedAt: rfc3339Schema.optional() })),
});

/** Kinds of app (AUTH-050). */
export const APP_KINDS = ['Agent', 'Desktop', 'VsCodeExtension', 'Web', 'Mobile'] as const;
/** Kind of app. */
export const appKindSchema = z.enum(APP_KINDS);
/** One of {@link APP_KINDS}. */
export type AppKind = z.infer<typeof appKindSchema>;

/** `POST /v1/apps`. */
export const appCreateRequestSchema = message({
  name: nameSchema,
  kind: appKindSchema,
  description: z.string().optional(),
  developerName: labelSchema.optional(),
  homePageUrl: z.string().optional(),
  isOpenSource: z.boolean().optional(),
  allowedOrigins: z.array(z.string()).optional(),
});
const appMembers = {
  appId: nonEmptySchema,
  clientId: nonEmptySchema,
  secretPrefix: z.string().optional(),
  name: nameSchema,
  kind: appKindSchema,
  createdAt: rfc3339Schema,
  description: z.string().optional(),
  developerName: labelSchema.optional(),
  homePageUrl: z.string().optional(),
  isOpenSource: z.boolean().optional(),
  allowedOrigins: z.array(z.string()).optional(),
};
/** An app as listed. */
export const appItemSchema = message(appMembers);
/** Answer 201: the only place where `clientSecret` appears, confidential kinds only (APPR-110). */
export const appCreateResponseSchema = message({ ...appMembers, clientSecret: nonEmptySchema.optional() });
/** `GET /v1/apps`. */
export const appListSchema = message({ items: z.array(appItemSchema) });
/** `PATCH /v1/apps/{appId}`. */
export const appPatchRequestSchema = message({
  description: z.string().optional(),
  homePageUrl: z.string().optional(),
  allowedOrigins: z.array(z.string()).optional(),
});
/** `POST /v1/apps/{appId}/rotate-secret`. */
export const appSecretSchema = message({ clientSecret: nonEmptySchema, secretPrefix: z.string() });

/** What {@link patCreateRequestSchema} accepts. */
export type PatCreateRequest = z.infer<typeof patCreateRequestSchema>;
/** What {@link patCreateResponseSchema} accepts. */
export type PatCreateResponse = z.infer<typeof patCreateResponseSchema>;
/** What {@link patListSchema} accepts. */
export type PatList = z.infer<typeof patListSchema>;
/** What {@link appCreateRequestSchema} accepts. */
export type AppCreateRequest = z.infer<typeof appCreateRequestSchema>;
/** What {@link appCreateResponseSchema} accepts. */
export type AppCreateResponse = z.infer<typeof appCreateResponseSchema>;
/** What {@link appItemSchema} accepts. */
export type AppItem = z.infer<typeof appItemSchema>;
/** What {@link appListSchema} accepts. */
export type AppList = z.infer<typeof appListSchema>;
/** What {@link appPatchRequestSchema} accepts. */
export type AppPatchRequest = z.infer<typeof appPatchRequestSchema>;
/** What {@link appSecretSchema} accepts. */
export type AppSecret = z.infer<typeof appSecretSchema>;
