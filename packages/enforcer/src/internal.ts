/** Seams for tests in this repository; not part of what is built. */
export { ACK_TABLE, stepAck } from './ack/machine.js';
export { ARTIFACT_TABLE, stepArtifact } from './artifact/table.js';
export { AUTH_TABLE, stepAuth } from './auth/machine.js';
export { composeStep, type Step } from './composition/engine.js';
export { DECISION_CHECKS, type DecisionCheck } from './decision/steps.js';
export { pipelineOf } from './decision/verify.js';
export { cellOf, describeTable } from './machine/table.js';
export { PAIRING_TABLE, stepPairing } from './pairing/machine.js';
export { PRESENCE_TABLE, stepPresence } from './presence/machine.js';
