export type ClaimVerdict = { readonly granted: true } | { readonly granted: false; readonly code: string };

/** Those who asked to execute and wait for the engine's word; every ask gets exactly one. */
export class ClaimDesk {
  readonly #waiting = new Map<string, Array<(verdict: ClaimVerdict) => void>>();

  async ask(requestId: string, dispatchClaim: () => void): Promise<ClaimVerdict> {
    return await new Promise<ClaimVerdict>((resolve) => {
      const line = this.#waiting.get(requestId) ?? [];
      this.#waiting.set(requestId, line);
      line.push(resolve);
      dispatchClaim();
    });
  }

  answer(requestId: string, verdict: ClaimVerdict): void {
    const line = this.#waiting.get(requestId);
    const next = line?.shift();
    if (line?.length === 0) this.#waiting.delete(requestId);
    next?.(verdict);
  }

  refuseAll(code: string): void {
    for (const [requestId, line] of this.#waiting) {
      for (const resolve of line) resolve({ granted: false, code });
      this.#waiting.delete(requestId);
    }
  }
}
