// The layers of Airlock inside the host: `tool.check` sees what the permission decision is made about, `tool.run` the
// call that is about to run, after every hook, mod and prompt; nothing can rewrite that one any more.
import { greet, refusal } from './ask.mjs';
import { inputOf } from './input.mjs';

/** @type {import('claude-code').Register} */
export const register = (on) => {
  on('session.start', async ($, e, next) => {
    await greet($);
    return next(e);
  });

  on('tool.check', async ($, e, next) => {
    const cwd = await $.session.cwd();
    const call = { tool_name: e.tool, tool_input: e.input, tool_use_id: e.tool_use_id, agent_id: e.agentId };
    const reason = await refusal($, next, { event: 'tool.check', cwd, call });
    return reason === null ? next(e) : { decision: 'deny', reason };
  }).catch(() => ({ decision: 'deny', reason: 'Airlock: its module failed, so the call is denied' }));

  on('tool.run', async ($, e, next) => {
    const cwd = await $.session.cwd();
    const input = inputOf(e, { cwd, home: await $.env.get('HOME') });
    const call = { tool_name: e.tool, tool_input: input, tool_use_id: e.tool_use_id, agent_id: e.agentId };
    const reason = await refusal($, next, { event: 'tool.run', cwd, call });
    return reason === null ? next(e) : { deny: reason };
    // oxlint-disable-next-line promise/no-callback-in-promise -- `next` is the chain of the host
  }).catch(($, e, next) => (next.called ? next(e) : { deny: 'Airlock: its module failed, so the call is denied' }));
};
