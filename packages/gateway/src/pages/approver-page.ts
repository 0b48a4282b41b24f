import { createHash } from 'node:crypto';
import { HARP_VERSION } from '@airlock/protocol';
import type { Hono } from 'hono';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
code,pre{font:14px/1.5 ui-monospace,monospace;background:#f2f2f2;border-radius:4px}code{padding:.1em .3em}
pre{padding:1rem;white-space:pre-wrap;overflow-wrap:anywhere}[hidden]{display:none}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}code,pre{background:#262626}}`;

/** Drops the fragment at once: it holds the pairing secret and must not stay in the address or the history (PAIR-240). */
const SCRIPT = `const link=location.href,has=location.hash.length>1;history.replaceState(null,'',location.pathname);
if(has){document.getElementById('link').textContent=link;document.getElementById('with-link').hidden=false;}`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Airlock approver</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Airlock</h1>
<p>This gateway carries requests of AI agents to the person who approves them. It cannot read them and it cannot approve them.</p>
<div id="with-link" hidden>
<h2>Pair with the link you opened</h2>
<p>On the machine that approves, run <code>airlock approver pair</code> and paste this link when it asks. It works once and for a few minutes:</p>
<pre id="link"></pre>
</div>
<h2>Approve in a terminal</h2>
<p>The approver on this gateway runs in a terminal:</p>
<pre>airlock approver pair          # asks for the code or the link that the other terminal shows
airlock approver watch         # shows what waits
airlock approver show ID       # exactly what will run
airlock approver approve ID    # signs
airlock approver reject ID --reason TEXT</pre>
</body>
</html>
`.replace('</body>', `<script>${SCRIPT}</script>\n</body>`);

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src ${sourceHash(SCRIPT)}`,
    `style-src ${sourceHash(STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-HARP-Version': HARP_VERSION,
} as const;

/** The page behind pairing links until a web approver is served: it explains the terminal approver. */
export function mountPages(app: Hono): void {
  for (const path of ['/', '/pair']) {
    app.get(path, () => new Response(PAGE, { headers: HEADERS }));
  }
}
