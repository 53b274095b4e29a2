import { describe, expect, it } from "vitest";
import type { Actor } from "../../src/actors/actor.ts";
import { MAINTAINER, type Maintainer } from "../../src/actors/maintainer.ts";
import { foreign, producer } from "../../src/actors/writers.ts";
import { type SmallCase, STARTS } from "../../src/cases/small-case.ts";
import { type Exploration, Explorer, type Problem } from "../../src/search/explorer.ts";

/** The stream is not read, unless a case says so. */
function smallCase(writers: readonly Actor[], more: Partial<SmallCase> = {}): SmallCase {
  return {
    start: STARTS.empty,
    writers,
    maintainer: MAINTAINER,
    consumers: 0,
    batchSize: 1,
    redeliveries: 0,
    faults: 0,
    ...more,
  };
}

const explore = (...args: Parameters<typeof smallCase>): Promise<Exploration> =>
  new Explorer().explore(smallCase(...args));

const replacing = (change: Partial<Maintainer>): Maintainer => ({ ...MAINTAINER, ...change });

describe("it counts every interleaving", () => {
  const twice = foreign("put a", "put a");

  it.each([
    [[twice], 1n, 3],
    [[twice, twice], 6n, 9],
    [[twice, twice, twice], 90n, 27],
    [[foreign("put a", "put a", "put a"), twice], 10n, 12],
  ] as const)("of blind writers: %#", async (writers, interleavings, combinations) => {
    const exploration = await explore(writers);
    expect(exploration.interleavings).toBe(interleavings);
    expect(exploration.states).toBe(combinations);
  });

  it("of writers whose way depends on what they are answered", async () => {
    // A delete sends one request where there is a registry, and two where there is none.
    expect(await explore([producer("delete a"), foreign("empty registry")])).toMatchObject({ interleavings: 3n });
  });

  it("of requests that one writer has in flight at the same time", async () => {
    expect(await explore([producer(["set a", "update b"])])).toMatchObject({ interleavings: 2n });
  });

  it("of a writer and the stream", async () => {
    // put, INSERT delivered, registry read, repair, its record delivered, registry read, default read; the second put is
    // a MODIFY, which is filtered out, at any of 7 moments.
    const exploration = await explore([foreign("put a", "put a")], { consumers: 1 });
    expect(exploration).toMatchObject({ interleavings: 7n, problems: new Map() });
  });

  it("of a record that may come once more at any time after it has come", async () => {
    const [once, again] = [0, 1].map((redeliveries) => ({ consumers: 1, redeliveries }));
    expect(await explore([producer("set a")], once)).toMatchObject({ interleavings: 2n });
    // With both orders of the two records: none; the first, before or after the second; the second, after it.
    expect(await explore([producer("set a")], again)).toMatchObject({ interleavings: 8n });
  });
});

describe("it finds", () => {
  const problemsOf = async (...args: Parameters<typeof smallCase>): Promise<Problem[]> => [
    ...(await explore(...args)).problems.keys(),
  ];

  it("drift that is left", async () => {
    expect(await problemsOf([foreign("put a")])).toEqual(["drift left"]);
  });

  it("nothing where the maintainer heals it", async () => {
    expect(await problemsOf([foreign("put a")], { consumers: 1 })).toEqual([]);
  });

  it("drift introduced by an actor that must not", async () => {
    const twoCalls: Actor = { ...foreign("put a", "register a"), mayIntroduceDrift: false };
    expect(await problemsOf([twoCalls], { consumers: 1 })).toEqual(["drift introduced"]);
  });

  it("a write acknowledged that was not sent", async () => {
    const liar: Actor = {
      name: "liar",
      mayIntroduceDrift: false,
      run: async ({ report }) => report({ name: "a", outcome: "acknowledged" }),
    };
    expect(await problemsOf([liar])).toEqual(["misreported"]);
  });

  it("a write sent twice with different tokens", async () => {
    const set = producer("set a");
    const repeater: Actor = {
      ...set,
      async run(stage) {
        await set.run({ ...stage, report: () => {} });
        await set.run(stage);
      },
    };
    expect(await problemsOf([repeater])).toEqual(["misreported"]);
  });

  it("a handler that fails for ever", async () => {
    const maintainer = replacing({
      createHandler: () => async () => ({ batchItemFailures: [{ itemIdentifier: "0" }] }),
    });
    expect(await problemsOf([foreign("put a")], { consumers: 1, maintainer })).toEqual(["endless"]);
  });

  it("a handler that never answers, and is invoked again for ever", async () => {
    const maintainer = replacing({ createHandler: () => () => new Promise(() => {}) });
    expect(await problemsOf([foreign("put a")], { consumers: 1, maintainer })).toEqual(["endless"]);
  });
});

describe("faults", () => {
  it("befall the library and are survived", async () => {
    const writers = [producer("set a", "update a", "delete a")];
    const [without, withOne] = await Promise.all([
      explore(writers, { consumers: 1 }),
      explore(writers, { consumers: 1, faults: 1 }),
    ]);
    expect(withOne.problems).toEqual(new Map());
    expect(withOne.interleavings).toBeGreaterThan(without.interleavings);
  });

  it("show that a transaction without its token takes effect twice", async () => {
    const set = producer("set a");
    const withoutTokens: Actor = {
      ...set,
      run: (stage) => {
        const send = (command: { input: object }) => {
          const input = { ...command.input, ClientRequestToken: undefined };
          return stage.client.send({ constructor: command.constructor, input } as never);
        };
        return set.run({ ...stage, client: { send } as never });
      },
    };
    expect((await explore([withoutTokens], { faults: 1 })).problems.keys().toArray()).toEqual(["misreported"]);
    expect((await explore([withoutTokens])).problems).toEqual(new Map());
  });

  it("befall the maintainer and are survived", async () => {
    const exploration = await explore([foreign("put a", "delete a")], { consumers: 1, faults: 1 });
    expect(exploration.problems).toEqual(new Map());
  });
});
