/** Whether every judge says all it has to say (`npm run test:mcp`), or only enough to see that it would. */
export const isWhole: boolean = process.env['AIRLOCK_MCP_JUDGES'] === 'all';
