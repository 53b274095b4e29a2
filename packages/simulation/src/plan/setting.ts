import { drawLayout, type Layout, scopesOf } from "../layout/layout.ts";
import { longestName } from "../layout/names.ts";
import type { NetworkConditions } from "../network/conditions.ts";
import type { Random } from "../timeline/random.ts";

/** What a simulation is set up with. */
export interface Setting {
  readonly regions: 1 | 2;
  /** What the table lists where. */
  readonly layout: Layout;
  readonly scopes: readonly (string | undefined)[];
  /** The names that writers of every kind use. */
  readonly names: readonly string[];
  /** Names that only foreign writers use: the library writes none so long. */
  readonly foreignNames: readonly string[];
  /** A name that makes DynamoDB refuse every transaction it is in, without a word about the others. */
  readonly unreadableName: string | undefined;
  /** Producers of each Region: processes that use the library. */
  readonly producers: number;
  /** Mappings of each Region on the same stream. DynamoDB serves two readers a shard. */
  readonly maintainers: 1 | 2;
  readonly shards: number;
  readonly pollIntervalMs: number;
  /** Registries that begin nearly full. */
  readonly crowd: Crowd | undefined;
  /** Members that were there before the stream. */
  readonly backlog: Backlog | undefined;
  /** Whether the table was restored: it holds half transactions, and its stream tells nothing of them. */
  readonly isRestored: boolean;
  /** Whether the maintainer is down for longer than the stream keeps its records. */
  readonly hasOutage: boolean;
  /** The share of calls whose caller aborts them. */
  readonly impatience: number;
  /** Whether some items are so large that few of them fit into one transaction. */
  readonly hasLargeWrites: boolean;
  /** Whether other writers keep registries busy for longer than a write waits. */
  readonly hasSieges: boolean;
  /** Whether its items make every operation take long: it has fewer of them. */
  readonly isBulky: boolean;
  readonly passes: PassPace;
  readonly network: NetworkConditions;
}

/** How full a registry is. */
export interface Crowd {
  /** Bytes that are left. */
  readonly freeBytes: number;
  /** Whether it has the attributes besides, such as keys of an index, which a change completes where they fit. */
  readonly hasIndexKeys: boolean;
}

/** Many members of one registry. */
export interface Backlog {
  readonly count: number;
  /** The shortest and the longest of their names, in bytes. */
  readonly nameBytes: readonly [least: number, most: number];
  /** How much larger than usual each item is. */
  readonly ballastBytes: number;
  /** Whether the registry lists them. */
  readonly isListed: boolean;
}

/** How passes over the table run. */
export interface PassPace {
  readonly segments: number;
  readonly unitsPerSecond: number;
  /** The longest an invocation of a sweep may take, in milliseconds. */
  readonly invocationMs: number;
}

/** The longest name that `resources` lets be written, in characters. */
const LONGEST_WRITTEN_NAME = 64;

/** Settings in which most seeds have nothing special, and a few have what defects of their own kind need. */
type Scene =
  | "usual"
  | "crowd"
  | "crowd with a backlog"
  | "long backlog"
  | "heavy backlog"
  | "short sweeps"
  | "many segments"
  | "large writes"
  | "siege";
const SCENES: Readonly<Record<Scene, number>> = {
  usual: 0.818,
  crowd: 0.045,
  "crowd with a backlog": 0.015,
  "long backlog": 0.007,
  "heavy backlog": 0.015,
  "short sweeps": 0.02,
  "many segments": 0.03,
  "large writes": 0.01,
  siege: 0.04,
};

/** Draws a setting. */
export function drawSetting(random: Random): Setting {
  const scene = drawScene(random);
  const isCrowded = scene === "crowd" || scene === "crowd with a backlog";
  const layout = drawLayout(random, isCrowded);
  const scopes = drawScopes(random, scene);
  const isBulky = scene !== "usual" && scene !== "many segments" && scene !== "siege";
  return {
    regions: random.chance(0.2) && (isCrowded || !isBulky) ? 2 : 1,
    layout,
    scopes,
    ...drawNames(random, scene, layout, scopes),
    producers: random.int(1, 3),
    maintainers: random.chance(0.25) ? 2 : 1,
    shards: random.int(1, 3),
    pollIntervalMs: random.pick([250, 1_000]),
    crowd: isCrowded ? drawCrowd(random) : undefined,
    backlog: drawBacklog(scene),
    isRestored: !isCrowded && random.chance(0.1),
    hasOutage: random.chance(0.05),
    impatience: random.pick([0.05, 0.05, 0.4]),
    hasLargeWrites: scene === "large writes",
    hasSieges: scene === "siege",
    isBulky,
    passes: drawPace(random, scene),
    network: drawNetwork(random),
  };
}

function drawScene(random: Random): Scene {
  let left = random.next();
  for (const [scene, share] of Object.entries(SCENES)) {
    left -= share;
    if (left < 0) return scene as Scene;
  }
  return "usual";
}

function drawScopes(random: Random, scene: Scene): Setting["scopes"] {
  if (scene === "long backlog") return ["t1", "t2"];
  if (scene === "heavy backlog" || scene === "large writes") return random.pick([[undefined], ["t1"]]);
  if (scene === "crowd") return random.pick([["t1"], [undefined, "t1"], ["t1", "t2"]]);
  return random.pick([[undefined], ["t1"], [undefined, "t1"], ["t1", "t2"]]);
}

/** How many names a scene needs. Others have any number. */
const COUNTS: Partial<Record<Scene, number>> = {
  crowd: 6,
  "crowd with a backlog": 6,
  "large writes": 16,
  siege: 6,
};

function drawNames(
  random: Random,
  scene: Scene,
  layout: Layout,
  scopes: Setting["scopes"],
): Pick<Setting, "names" | "foreignNames" | "unreadableName"> {
  const isCrowded = scene === "crowd" || scene === "crowd with a backlog";
  const count = COUNTS[scene] ?? random.pick([1, 2, 4, 12]);
  const isAnyText = layout.definitions.every(({ names }) => names === undefined);
  const stems = isAnyText ? STEMS : PLAIN;
  const names = Array.from({ length: count }, (_, i) => nameOf(`${random.pick(stems)}${i}`, i, isCrowded));
  if (random.chance(0.1)) names[0] = "longest".padEnd(LONGEST_WRITTEN_NAME, "x");
  return {
    names,
    foreignNames: random.chance(0.15) ? namesAtLimit(layout, scopes) : [],
    unreadableName: random.chance(scene === "siege" ? 1 : 0.2) ? "unreadable" : undefined,
  };
}

/** As long as a key lets them be, and longer: no item can have the latter. They stand in registries all the same. */
function namesAtLimit({ definitions }: Layout, scopes: Setting["scopes"]): string[] {
  const [definition] = definitions as [Layout["definitions"][number]];
  const limits = scopesOf(definition, scopes).map((scope) => longestName(definition, scope));
  const atLimit = limits.map((bytes, i) => `limit${i}-`.padEnd(bytes, "x"));
  const beyond = Array.from({ length: 12 }, (_, i) => `beyond${i}-`.padEnd(Math.max(...limits) + 1 + i, "x"));
  return [...atLimit, ...beyond];
}

/** How names begin: with what separates parts of keys too, and with more than one byte a character. */
const STEMS = ["n", "n", "\u00e9t\u00e9", "\u6771\u4eac", "\u{1f600}", "a@t", "b@t1", "x#", "t1/"] as const;
const PLAIN = ["n"] as const;

function nameOf(name: string, index: number, isLong: boolean): string {
  return isLong ? name.padEnd(10 * (index + 1), "x") : name;
}

/** Within 40 bytes of full, often: so much do a scope's index keys take. */
function drawCrowd(random: Random): Crowd {
  return { freeBytes: random.int(0, random.pick([40, 40, 200])), hasIndexKeys: random.chance(0.5) };
}

function drawBacklog(scene: Scene): Backlog | undefined {
  switch (scene) {
    case "crowd with a backlog":
      return { count: 150, nameBytes: [6, 60], ballastBytes: 0, isListed: false };
    case "long backlog":
      return { count: 90, nameBytes: [1_900, 1_900], ballastBytes: 0, isListed: false };
    case "short sweeps":
      return { count: 60, nameBytes: [400, 400], ballastBytes: 0, isListed: true };
    case "heavy backlog":
      return { count: 300, nameBytes: [6, 6], ballastBytes: 40_000, isListed: true };
    default:
      return undefined;
  }
}

/**
 * In one invocation, a sweep can compare the largest registry, and decide all names that have no room; but for short
 * sweeps, which cannot even read their registries.
 */
function drawPace(random: Random, scene: Scene): PassPace {
  const segments = scene === "many segments" ? 130 : random.pick([1, 2, 4]);
  const roomy = { segments, invocationMs: random.pick([20_000, 60_000]) };
  switch (scene) {
    case "short sweeps":
      return { segments, unitsPerSecond: 4, invocationMs: 6_000 };
    case "many segments":
      return { segments, unitsPerSecond: random.pick([4, 50]), invocationMs: 6_000 };
    case "usual":
    case "siege":
      return {
        segments,
        unitsPerSecond: random.pick([4, 50, 200, 200]),
        invocationMs: random.pick([6_000, 20_000, 60_000]),
      };
    case "crowd with a backlog":
      return { ...roomy, unitsPerSecond: 200 };
    case "heavy backlog":
      return { segments, unitsPerSecond: 50, invocationMs: 20_000 };
    default:
      return { ...roomy, unitsPerSecond: random.pick([50, 200]) };
  }
}

function drawNetwork(random: Random): NetworkConditions {
  const isFaulty = random.chance(0.6);
  const share = (most: number): number => (isFaulty && random.chance(0.5) ? random.next() * most : 0);
  return {
    latencyMs: random.pick([5, 20, 100]),
    stalled: random.pick([0, 0.02, 0.1]),
    stallMs: random.pick([200, 2_000, 8_000]),
    lost: share(0.05),
    unanswered: share(0.05),
    unansweredPuts: share(0.4),
    throttled: share(0.1),
    transactionMs: random.pick([0, 5, 30]),
    staleWrites: random.pick([0, 1, 10]),
  };
}
