import { type AttributeValue, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { rollcall } from "../fixtures/run-cli.ts";

const dynamodb = mockClient(DynamoDBClient);
const get = (item: Record<string, AttributeValue> | undefined, ...options: string[]) => {
  dynamodb.on(GetItemCommand).resolves(item ? { Item: item } : {});
  return rollcall(["resource", "get", "gpt-4", "--table", "limits", ...options]);
};
const rpm = { l_rpm_cp: { N: "10" }, l_rpm_ra: { N: "10" }, l_rpm_rp: { N: "60" } };
const migrated = { ...rpm, l_rpm_bx: { N: "20" } };

beforeEach(() => dynamodb.reset());

describe("resource get", () => {
  it("shows a default without limits as there, since its item exists", async () => {
    const item = { resource: { S: "gpt-4" } };
    expect(await get(item)).toEqual({ exitCode: 0, stdout: "a default without limits\n", stderr: "" });
    expect(JSON.parse((await get(item, "--json")).stdout)).toEqual({ resource: "gpt-4", limits: [] });
  });

  it("fails where there is no item, and says how to see those that there are", async () => {
    const { exitCode, stderr } = await get(undefined);
    expect(stderr).toMatch(/^Error: Resource "gpt-4" has no defaults in table limits; see those that have with: /);
    expect(exitCode).toBe(1);
  });

  it("shows the burst ceiling of flat keys, and of a namespace only what the limiter enforces", async () => {
    expect((await get(migrated)).stdout).toMatch(/^rpm:10\/min:20 /);
    expect((await get(migrated, "--namespace", "rcof3sHx3fY")).stdout).toMatch(/^rpm:10\/min /);
  });

  it.each([
    ["a capacity of 0", { ...rpm, l_rpm_cp: { N: "0" } }, /l_rpm_cp should be a whole number above 0/],
    ["a reserved limit", { ...rpm, l_wcu_cp: { N: "5" } }, /"l_wcu_cp" names a limit that the limiter rejects/],
  ])("calls a default with %s malformed, with the reason", async (_, item, reason) => {
    const { exitCode, stdout, stderr } = await get(item);
    expect(stderr).toMatch(/^Error: Malformed item [^\n]*RESOURCE#gpt-4[^\n]*\n$/);
    expect(stderr).toMatch(reason);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  });
});
