/** Tool that does not exist and is always denied: by it a session proves that a block blocks. */
export const CANARY_TOOL = 'AirlockCanary';

const DENIED = 'This tool is always denied: the gate works';
const MODULE_HEARD = 'and the module of this session is loaded';

/** Why the canary is denied, and whether a layer of our modules was heard of in its session. */
export function canaryMessage(isModuleHeard: boolean): string {
  return isModuleHeard ? `${DENIED}, ${MODULE_HEARD}` : DENIED;
}

/** What the reason of a denied canary says about the modules of its session. */
export function saysModuleHeard(reason: string): boolean {
  return reason.includes(MODULE_HEARD);
}
