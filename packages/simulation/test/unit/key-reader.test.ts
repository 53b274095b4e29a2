import { crc32 } from "node:zlib";
import { registryKeys } from "@rollcall/registry/internal";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import fc from "fast-check";
import { expect, it } from "vitest";
import { homeShard, KeyReader, shardCount } from "../../src/layout/key-reader.ts";
import { drawLayout, scopesOf } from "../../src/layout/layout.ts";
import { Random } from "../../src/timeline/random.ts";

/** Every layout many times over. */
const LAYOUTS = Array.from({ length: 100 }, (_, seed) => drawLayout(new Random(seed, "layouts"), seed % 5 === 0));

/** Names that look like parts of other keys, too. */
const names = fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.stringMatching(/^[@#/a:{}[\]t1東😀]{1,12}$/u));

it("KeyReader, which judges, reads every member's key as the name that it was built from", () => {
  fc.assert(
    fc.property(fc.constantFrom(...LAYOUTS), names, fc.nat(), (layout, name, draw) => {
      const reader = new KeyReader(layout.definitions);
      for (const definition of layout.definitions) {
        const scopes = scopesOf(definition, [undefined, "t1", "t2"]);
        const scope = scopes[draw % scopes.length];
        const found = reader.members(registryKeys(definition).memberKey(name, scope));
        const shard = crc32(new TextEncoder().encode(name)) % shardCount(definition);
        expect(found).toContainEqual({ definition, scope, name, shard });
        expect(found.every((place) => place.name === name)).toBe(true);
      }
    }),
    { numRuns: runs(2_000) },
  );
});

it("KeyReader, which judges, reads every registry's key, and none as a member's", () => {
  for (const { definitions } of LAYOUTS) {
    const reader = new KeyReader(definitions);
    for (const definition of definitions) {
      for (const scope of scopesOf(definition, [undefined, "t1", "t2"])) {
        for (let shard = 0; shard < shardCount(definition); shard++) {
          const key = registryKeys(definition).registryKey(scope, shard);
          expect(reader.list(key)).toEqual({ definition, scope, shard });
          expect(reader.members(key)).toEqual([]);
        }
      }
    }
  }
});

it("homeShard, which judges, hashes UTF-8: this is where a program in another language finds these names", () => {
  const definition = LAYOUTS.flatMap(({ definitions }) => definitions).find((each) => shardCount(each) === 3);
  // Python: [zlib.crc32(name.encode()) % 3 for name in ("acme", "été", "東京", "😀")]
  expect(definition && ["acme", "été", "東京", "😀"].map((name) => homeShard(definition, name))).toEqual([2, 0, 0, 1]);
});
