// The input of a call as every layer reports it. `tool.run` has the model's own spelling of a path and puts members that
// have the name of one of its own aside; hooks and `tool.check` do not (seen in 2.1.330). What is not understood stays as it
// is, so that it differs from what was approved and is denied.

const ITS_OWN = ['tool', 'tool_use_id', 'agentId', 'requestMeta', 'consent', '$shadowed'];
const PATHS = { Read: 'file_path', Write: 'file_path', Edit: 'file_path', NotebookEdit: 'notebook_path' };

/** Input of a `tool.run` event: what is spread beside the members of the event. */
export function inputOf(event, { cwd, home }) {
  const { tool, tool_use_id: _id, agentId: _agent, requestMeta: _meta, ...spread } = event;
  const input = withShadowed(spread);
  const member = PATHS[tool];
  if (member === undefined || typeof input[member] !== 'string') return input;
  return { ...input, [member]: absolute(input[member].trim(), cwd, home) };
}

function withShadowed(spread) {
  const { $shadowed: shadowed, ...rest } = spread;
  if (typeof shadowed !== 'object' || shadowed === null) return spread;
  return Object.keys(shadowed).every((name) => ITS_OWN.includes(name)) ? { ...rest, ...shadowed } : spread;
}

function absolute(text, cwd, home) {
  if (/^[A-Za-z]:[\\/]/.test(text) || text.startsWith('\\')) return text;
  const tilde = text === '~' || text.startsWith('~/');
  if (tilde && home === undefined) return text;
  const whole = tilde ? `${home}${text.slice(1)}` : text.startsWith('/') ? text : `${cwd}/${text}`;
  const parts = [];
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
