import type { Actor } from "../actors/actor.ts";
import { MAINTAINER, maintainerOf } from "../actors/maintainer.ts";
import { foreign, operator, producer, writersOf } from "../actors/writers.ts";
import { type Listing, RESOURCES } from "../storage/listing.ts";
import { LISTINGS, type OwnListing } from "./listings.ts";
import { type SmallCase, STARTS, type Start } from "./small-case.ts";

/** Cases that have something in common. */
export interface CaseGroup {
  readonly name: string;
  readonly cases: readonly SmallCase[];
  /** What their tables list. Default: `resources`. */
  readonly listing?: Listing;
}

/** What happens around the writers. */
type Surroundings = Omit<SmallCase, "start" | "writers" | "maintainer">;

const ALONE: Surroundings = { consumers: 1, batchSize: 1, redeliveries: 0, faults: 0 };
const REDELIVERED: Surroundings = { consumers: 2, batchSize: 1, redeliveries: 1, faults: 0 };
const FAULTY: Surroundings = { ...ALONE, faults: 1 };
const BATCHED: Surroundings = { ...ALONE, batchSize: 2 };

const everyStart: readonly Start[] = Object.values(STARTS);

/** Every kind of writer, by what it does at most: as each may stop anywhere, it also does less. */
const LIBRARY = [
  producer("set a", "delete a", "set a"),
  producer("delete a", "set a", "delete a"),
  producer("update a", "delete a", "update a"),
] as const;
const FOREIGN = [
  foreign("put a", "register a", "delete a"), // the limiter's set, and half a delete
  foreign("delete a", "unregister a", "put a"), // the limiter's delete, and half a set
  foreign("provision a", "delete a", "provision a"),
  foreign("register a", "unregister a", "register a"),
  foreign("empty registry"),
  foreign("remove registry"),
  foreign("registry:= b"),
  foreign("expire a"),
  foreign("delete a", "remove registry"), // a purge
] as const;
const KINDS: readonly Actor[] = [...LIBRARY, ...FOREIGN, operator()];

/** Writers of two names, whose calls share a transaction. */
const GROUPS = [
  producer(["set a", "set b"], ["delete a", "delete b"]),
  producer(["set a", "delete b"], ["update a", "set b"]),
] as const;
const OTHERS_OF_TWO = [
  producer("delete a", "set b"),
  foreign("put b", "register b", "delete b"),
  foreign("delete b", "unregister b"),
  foreign("register b", "unregister a"),
  foreign("remove registry"),
] as const;

/** Writers of one or two requests, to have more of them, or more around them. */
const SHORT: readonly Actor[] = [
  producer("set a"),
  producer("delete a"),
  producer("update a"),
  foreign("put a", "register a"),
  foreign("delete a", "unregister a"),
  foreign("remove registry"),
  operator(),
];

const TWO_STARTS = [STARTS.empty, STARTS.listed] as const;
/** Pairs with one at least that is not foreign: faults befall those, and maintainers. */
const WITH_LIBRARY = pairs(KINDS).filter((writers) => writers.some(({ mayIntroduceDrift }) => !mayIntroduceDrift));

/** What is explored in every test run. Takes half a minute. */
export function quickCases(): CaseGroup[] {
  return [
    group("two writers of every kind", pairs(KINDS), everyStart, ALONE),
    group("two short ones, two maintainers, a redelivery", pairs(SHORT), everyStart, REDELIVERED),
    group("three short ones", triples(SHORT), TWO_STARTS, ALONE),
    group("two writers, one fault", WITH_LIBRARY, [STARTS.listed], FAULTY),
    group("two names in one transaction, one fault", product(GROUPS, OTHERS_OF_TWO), [STARTS.listed], FAULTY),
    group("two foreign writers, batches of two records", pairs(FOREIGN), everyStart, BATCHED),
    ...LISTINGS.flatMap((each) => (each.listing.definitions.length === 1 ? ownCases(each) : ownPairs(each))),
  ];
}

/** Writers of a definition of one's own, with conditions of their own. */
function ownCases(own: OwnListing): CaseGroup[] {
  const { name, listing } = own;
  const { starts, producers, others } = ownWriters(own);
  const withOwn = [...pairs(producers), ...product(producers, others)];
  return [
    group(`${name}: two writers`, withOwn, Object.values(starts), ALONE, listing),
    group(
      `${name}: two writers, one fault`,
      product(producers.slice(0, 2), others.slice(0, 3)),
      [starts.listed],
      FAULTY,
      listing,
    ),
  ];
}

/** A few of these: two registries of the same items have far more orders than one. */
function ownPairs(own: OwnListing): CaseGroup[] {
  const { name, listing } = own;
  const { starts, producers, others } = ownWriters(own);
  const [first, ...rest] = producers;
  return [group(`${name}: a few`, product([first], [...rest.slice(0, 1), ...others]), [starts.listed], ALONE, listing)];
}

function ownWriters({ listing, names: [a, b] }: OwnListing) {
  const { producer, foreign, operator } = writersOf(listing);
  const starts = {
    empty: { name: "an empty table", requests: [], isHandled: true },
    listed: { name: `${b} is listed`, requests: [`put ${b}`, `list ${b}`], isHandled: true },
    missing: { name: `${b} is missing`, requests: [`put ${b}`], isHandled: false },
  } satisfies Record<string, Start>;
  const producers = [
    producer(`create ${b}`, `drop ${b}`),
    producer(`drop ${b}`, `create ${b}`),
    producer([`set ${a}`, `set ${b}`], `delete ${b}`),
  ] as const;
  const others = [
    foreign(`put ${b}`, `register ${b}`),
    foreign(`delete ${b}`, `unregister ${b}`),
    foreign("remove registry"),
    operator(),
  ] as const;
  return { starts, producers, others };
}

/** Also all that three steps can be, of the library and of the limiter. Takes the better part of an hour. */
export function fullCases(): CaseGroup[] {
  const libraries = sequences(["set a", "update a", "delete a"] as const).map((calls) => producer(...calls));
  const limiters = sequences(["put a", "delete a", "register a", "unregister a"] as const).map((steps) =>
    foreign(...steps),
  );
  return [
    ...quickCases(),
    ...LISTINGS.filter(({ listing }) => listing.definitions.length > 1).flatMap(ownCases),
    group("two writers, two maintainers, a redelivery", pairs(KINDS), TWO_STARTS, REDELIVERED),
    group("three writers of every kind", triples(KINDS), TWO_STARTS, ALONE),
    group(
      "two writers, one fault, other starts",
      WITH_LIBRARY,
      everyStart.filter((start) => start !== STARTS.listed),
      FAULTY,
    ),
    group("two foreign writers, one fault", pairs(FOREIGN), TWO_STARTS, FAULTY),
    group("two short ones, one fault, two maintainers, a redelivery", pairs(SHORT), TWO_STARTS, {
      ...REDELIVERED,
      faults: 1,
    }),
    group("library and library, three calls each", pairs(libraries), TWO_STARTS, REDELIVERED),
    group("library and limiter, three steps each", product(libraries, limiters), TWO_STARTS, REDELIVERED),
    group("limiter and limiter, three steps each", pairs(limiters), TWO_STARTS, REDELIVERED),
  ];
}

function group(
  name: string,
  writers: readonly (readonly Actor[])[],
  starts: readonly Start[],
  surroundings: Surroundings,
  listing: Listing = RESOURCES,
): CaseGroup {
  const maintainer = listing === RESOURCES ? MAINTAINER : maintainerOf(listing);
  const cases = writers.flatMap((writers) =>
    starts.map((start) => ({ ...surroundings, start, writers, maintainer }) satisfies SmallCase),
  );
  return { name, cases, listing };
}

function sequences<Step>(steps: readonly Step[]): [Step, Step, Step][] {
  return product(steps, product(steps, steps)).map(([first, [second, third]]) => [first, second, third]);
}

function product<A, B>(first: readonly A[], second: readonly B[]): [A, B][] {
  return first.flatMap((a) => second.map((b) => [a, b] satisfies [A, B]));
}

/** Each with itself too. */
function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((first, i) => list.slice(i).map((second) => [first, second] satisfies [T, T]));
}

function triples<T>(list: readonly T[]): [T, T, T][] {
  return list.flatMap((first, i) =>
    pairs(list.slice(i)).map(([second, third]) => [first, second, third] satisfies [T, T, T]),
  );
}
