export { type PolicyInForce, STRICTEST_POLICY, type Verdict } from './strictest.js';
export { evaluate } from './evaluate.js';
export { policyInForce } from './document.js';
