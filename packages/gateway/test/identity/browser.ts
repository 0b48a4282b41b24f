/** The parts of a browser that a sign-in needs: cookies, forms and redirects, without scripts. */
export class Browser {
  private readonly jar = new Map<string, { value: string; path: string }>();

  /** Requests once; redirects are returned, not followed. */
  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url);
    const cookies = [...this.jar]
      .filter(([, cookie]) => pathname.startsWith(cookie.path))
      .map(([name, cookie]) => `${name}=${cookie.value}`)
      .join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { Accept: 'text/html', ...(cookies !== '' && { Cookie: cookies }), ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  /** Follows redirects until one leaves the origin or a page comes. */
  async follow(url: string): Promise<{ response: Response; url: string }> {
    const { origin } = new URL(url);
    let current = url;
    for (;;) {
      const response = await this.open(current);
      const location = response.headers.get('location');
      if (location === null) return { response, url: current };
      current = new URL(location, current).href;
      if (new URL(current).origin !== origin) return { response, url: current };
    }
  }

  /** Posts a form as a page of the same origin does. */
  async post(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    return await this.open(url, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { Origin: new URL(url).origin, ...headers },
    });
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split('=', 2);
    const path = attributes.find((attribute) => attribute.toLowerCase().startsWith('path='));
    if (value === '') this.jar.delete(name);
    else this.jar.set(name, { value, path: path?.slice('path='.length) ?? '/' });
  }

  cookie(name: string): string | undefined {
    return this.jar.get(name)?.value;
  }

  get cookieNames(): string[] {
    return [...this.jar.keys()];
  }
}
