import { readFileSync } from 'node:fs';

export interface EndpointVector {
  readonly id: string;
  readonly route: string;
  readonly auth: string;
  readonly note: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: any;
    readonly form?: Readonly<Record<string, string>>;
  };
  readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body?: any };
}

export interface ErrorVector {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: any;
}

export const GATEWAY_MESSAGES: {
  readonly context: Readonly<Record<string, string>>;
  readonly endpoints: readonly EndpointVector[];
  readonly messages: readonly { readonly id: string; readonly channel: string; readonly value: any }[];
  readonly sse: readonly { readonly id: string; readonly text: string }[];
  readonly errors: readonly ErrorVector[];
} = JSON.parse(
  readFileSync(new URL('../../../testkit/vectors/gateway-messages.json', import.meta.url), 'utf8'),
);
