/** A system whose every behaviour up to a depth is visited. Worlds are plain data; actions are labels. */
export interface Explorable<World, Action> {
  readonly initial: World;
  /** Everything that can happen next. */
  readonly actions: (world: World) => readonly Action[];
  /** What it leads to, or the broken property. */
  readonly apply: (world: World, action: Action) => World | Violation;
  /** Equal keys mean equal futures. */
  readonly key: (world: World) => string;
  readonly describe: (action: Action) => string;
}

/** A property that did not hold. */
export interface Violation {
  readonly violated: string;
}

/** What an exploration found. */
export interface Exploration {
  /** Distinct worlds visited. */
  readonly states: number;
  readonly transitions: number;
  /** Longest path that was fully explored. */
  readonly depth: number;
  /** Shortest way to a broken property, when there is one. */
  readonly violation: { readonly property: string; readonly trace: readonly string[] } | null;
}

/** Tells a violation from a world. */
export function isViolation(value: object): value is Violation {
  return 'violated' in value;
}

interface Node<World> {
  readonly world: World;
  readonly via: string | null;
  readonly parent: Node<World> | null;
}

function traceOf<World>(node: Node<World>, last: string): readonly string[] {
  const trace = [last];
  for (let at: Node<World> | null = node; at !== null && at.via !== null; at = at.parent) trace.unshift(at.via);
  return trace;
}

/** Visits every interleaving up to `depth`, the shortest first, each distinct world once. */
export function exploreBreadthFirst<World extends object, Action>(
  system: Explorable<World, Action>,
  depth: number,
): Exploration {
  const seen = new Set([system.key(system.initial)]);
  let frontier: readonly Node<World>[] = [{ world: system.initial, via: null, parent: null }];
  let transitions = 0;
  for (let level = 1; level <= depth; level += 1) {
    const next: Node<World>[] = [];
    for (const node of frontier) {
      for (const action of system.actions(node.world)) {
        transitions += 1;
        const via = system.describe(action);
        const reached = system.apply(node.world, action);
        if (isViolation(reached)) {
          const violation = { property: reached.violated, trace: traceOf(node, via) };
          return { states: seen.size, transitions, depth: level, violation };
        }
        const key = system.key(reached);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push({ world: reached, via, parent: node });
      }
    }
    frontier = next;
    if (frontier.length === 0) break;
  }
  return { states: seen.size, transitions, depth, violation: null };
}
