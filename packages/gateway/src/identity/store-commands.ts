import { createApp, listApps, revokeApp, rotateAppSecret, updateApp } from './commands/apps.js';
import { checkConsent, decideConsent, findConsentState, listConsents } from './commands/consents.js';
import { findCredentials, noteCredentialUse } from './commands/credentials.js';
import { createDeviceCode, decideDevice, findPendingDevice, pollDeviceCode } from './commands/devices.js';
import { createEnrollmentCode, loginByCode, registerApprover } from './commands/enrollment.js';
import {
  consumeOidcRecord,
  deleteOidcRecord,
  deleteOidcRecordsOfGrant,
  findOidcRecord,
  findOidcRecordByUid,
  putOidcRecord,
} from './commands/oidc-records.js';
import { createPat, listPats, revokePat } from './commands/pats.js';
import {
  findFamily,
  findRefreshToken,
  insertFamily,
  revokeApproverTokens,
  revokeByRefreshToken,
  revokeFamily,
  rotateRefreshToken,
} from './commands/tokens.js';
import { keepSecret, sweepIdentity } from './commands/upkeep.js';
import { addUser, findLogin, findUser, findUserByName, listUsers } from './commands/users.js';

/** Reads of users, tokens, apps and consents. */
export const identityReads = {
  findConsentState,
  findCredentials,
  findFamily,
  findLogin,
  findOidcRecord,
  findOidcRecordByUid,
  findPendingDevice,
  findRefreshToken,
  findUser,
  findUserByName,
  listApps,
  listConsents,
  listPats,
  listUsers,
} as const;

/** Changes of users, tokens, apps and consents. */
export const identityWrites = {
  addUser,
  checkConsent,
  consumeOidcRecord,
  createApp,
  createDeviceCode,
  createEnrollmentCode,
  createPat,
  decideConsent,
  decideDevice,
  deleteOidcRecord,
  deleteOidcRecordsOfGrant,
  insertFamily,
  keepSecret,
  loginByCode,
  noteCredentialUse,
  pollDeviceCode,
  putOidcRecord,
  registerApprover,
  revokeApp,
  revokeApproverTokens,
  revokeByRefreshToken,
  revokeFamily,
  revokePat,
  rotateAppSecret,
  rotateRefreshToken,
  sweepIdentity,
  updateApp,
} as const;
