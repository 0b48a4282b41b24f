import type { McpTarget } from '@airlock/actions';
import { sha256Hex } from '@airlock/crypto';
import { canonicalBytes, type HexSha256 } from '@airlock/protocol';
import type { KnownToolsFile } from './known-tools-file.js';

/** Tools that are remembered; the one approved longest ago is forgotten first. */
const MOST = 1000;

/** A call by the names that anybody may take. */
export type NamedCall = Pick<McpTarget, 'server' | 'method' | 'tool'>;

/** What the last approved call of a tool went to. */
export interface ApprovedTarget extends Pick<McpTarget, 'serverSha256' | 'definitionSha256'> {
  /** Whether a card that a human approved had both on it. */
  readonly isShown: boolean;
}

/** Through its own card, or through that of a host's call, which names server and tool only (LOC-147). */
export type ApprovedHow = 'shown' | 'handed-over';

export interface KnownToolsOptions {
  /** Null where nothing can be kept: every call counts as changed then. */
  readonly file: KnownToolsFile | null;
  /** Told what could not be read or written. Nothing is denied for it: the call is asked, and marked. */
  readonly onFailure: (cause: unknown) => void;
}

/**
 * What the last approved call of each MCP tool went to, by workspace and names, so that a server that changes a tool after
 * an approval is noticed (ART-145). It only ever leads to more questions: what is lost or damaged counts as changed.
 */
export class KnownTools {
  readonly #options: KnownToolsOptions;
  readonly #known = new Map<HexSha256, ApprovedTarget>();
  #isLost = false;

  constructor(options: KnownToolsOptions) {
    this.#options = options;
    this.#load();
  }

  /** Whether a call goes to something else than the last approved one of these names. False for the first one. */
  hasChanged(workspaceId: string, target: McpTarget): boolean {
    const known = this.#known.get(keyOf(workspaceId, target));
    return known === undefined ? this.#isLost : !isSame(known, target);
  }

  /** What the last approved call went to; null when none is known. */
  lastApproved(workspaceId: string, call: NamedCall): ApprovedTarget | null {
    return this.#known.get(keyOf(workspaceId, call)) ?? null;
  }

  /** A human approved this call, and it is about to be made. Never throws: what is not written down is asked again. */
  approved(workspaceId: string, target: McpTarget, how: ApprovedHow): void {
    const key = keyOf(workspaceId, target);
    const known = this.#known.get(key);
    const { serverSha256, definitionSha256 } = target;
    const isKept = known !== undefined && isSame(known, target);
    const isShown = how === 'shown' || (isKept && known.isShown);
    this.#known.delete(key);
    this.#known.set(key, { serverSha256, definitionSha256, isShown });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(oldest);
      this.#isLost = true;
    }
    if (!isKept || known.isShown !== isShown) this.#save();
  }

  #load(): void {
    try {
      const { file } = this.#options;
      if (file === null) throw new Error('what was approved before cannot be kept');
      const content = file.read();
      this.#isLost = content?.isLost ?? false;
      for (const { key, ...target } of content?.tools ?? []) this.#known.set(key, target);
    } catch (cause) {
      this.#isLost = true;
      this.#options.onFailure(cause);
    }
  }

  #save(): void {
    const tools = [...this.#known].map(([key, target]) => ({ key, ...target }));
    try {
      this.#options.file?.write({ v: 1, isLost: this.#isLost, tools });
    } catch (cause) {
      this.#options.onFailure(cause);
    }
  }
}

/** One name for what names a call; no name can pass for two others. */
function keyOf(workspaceId: string, { server, method, tool }: NamedCall): HexSha256 {
  return sha256Hex(canonicalBytes({ workspaceId, server, method, tool }));
}

function isSame(one: ApprovedTarget, other: McpTarget): boolean {
  return one.serverSha256 === other.serverSha256 && one.definitionSha256 === other.definitionSha256;
}
