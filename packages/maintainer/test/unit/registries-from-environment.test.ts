import { describe, expect, it } from "vitest";
import { registriesFromEnvironment } from "../../src/lambda/registries-from-environment.ts";
import { shardedTenants, tenants } from "../fixtures/definitions.ts";

describe("ROLLCALL_REGISTRIES", () => {
  it("holds definitions as JSON, and means resources where it is not set", () => {
    const definitions = [tenants, shardedTenants];
    expect(registriesFromEnvironment(JSON.stringify(definitions))).toEqual(definitions);
    expect(registriesFromEnvironment("")).toBeUndefined();
    expect(registriesFromEnvironment(undefined)).toBeUndefined();
  });

  it.each([
    ["no JSON", "{", /no JSON list of registry definitions: .*JSON/],
    ["no list", "{}", /it is no list/],
    ["no definition", "[]", /There is no registry/],
    ["nothing in the place of one", "[null]", /it is not an object/],
    ["a field that is unknown", JSON.stringify([{ ...tenants, shards: 4 }]), /unknown field "shards"/],
    ["two of one name", JSON.stringify([tenants, tenants]), /have the same name/],
  ])("with %s is one clear error", (_, text, problem) => {
    expect(() => registriesFromEnvironment(text)).toThrow(problem);
    expect(() => registriesFromEnvironment(text)).toThrow(/^ROLLCALL_REGISTRIES is no JSON list[^\n]*$/);
  });
});
