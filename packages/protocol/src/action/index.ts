export {
  type ActionKind,
  type ActionOf,
  type AirlockAction,
  airlockActionSchema,
  type Commit,
  commitSchema,
  type FileChange,
  fileChangeSchema,
  type Notice,
  NOTICES,
  PER_REQUEST_MEMBERS,
  type StdinKind,
  stdinKindSchema,
} from './airlock-action.js';
export { type PolicyDocument, policyDocumentSchema, readPolicyDocument } from './policy-document.js';
export { type PolicyPattern, policyPatternSchema } from './policy-document.js';
export { type PolicyTool, policyToolSchema } from './policy-document.js';
export { policyGateSchema, type PolicyRequirement, policyRequirementSchema } from './policy-document.js';
export { type ConfigurationFact, configurationFactSchema } from './policy-document.js';
export { type ProgramIdentity, programIdentitySchema } from './policy-document.js';
export { readReceipt, type Receipt, receiptLine, receiptSchema } from './receipt.js';
export {
  type McpBinding,
  mcpBindingSchema,
  type McpDefinition,
  mcpDefinitionSchema,
  type McpServer,
  mcpServerSchema,
} from './mcp-binding.js';
