import { createHash } from 'node:crypto';

/** Markup that is safe to put into a page as it is. */
export interface Markup {
  readonly markup: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** Builds markup; every value that is not markup already is escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Markup)[]): Markup {
  const text = parts.reduce((built, part, index) => {
    const value = values[index - 1] ?? '';
    return `${built}${typeof value === 'string' ? escape(value) : value.markup}${part}`;
  });
  return { markup: text };
}

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 2rem auto; padding: 0 1rem; }
label { display: block; margin: 1rem 0 0; }
input { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .4rem; }
button { font: inherit; padding: .5rem 1.5rem; margin: 1.5rem 1rem 0 0; }
dt { font-weight: bold; }
.problem { border-left: .3rem solid #b00; padding-left: .8rem; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** A complete page with the headers that go with it. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A page without scripts, images and frames. Forms lead to this origin and to `formTarget` only, where the provider
 * redirects after the form.
 */
export function renderPage(content: {
  readonly title: string;
  readonly main: Markup;
  readonly status?: number;
  readonly formTarget?: string;
  readonly headers?: Readonly<Record<string, string>>;
}): Page {
  const targets = ["'self'", ...(content.formTarget === undefined ? [] : [content.formTarget])];
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action ${targets.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${content.title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>${content.title}</h1>
${content.main}
</main>
</body>
</html>
`;
  return {
    status: content.status ?? 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-store',
      // Not no-referrer: that would make browsers send `Origin: null` with our own forms.
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      ...content.headers,
    },
    body: document.markup,
  };
}

/** A paragraph that says what went wrong; nothing when nothing did. */
export function problem(message: string | undefined): Markup {
  return message === undefined ? html`` : html`<p class="problem" role="alert">${message}</p>`;
}
