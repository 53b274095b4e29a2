import { describe, expect, it } from "vitest";
import { readSettings } from "../settings.ts";
import { assertTableFits } from "../table-fit.ts";
import { DEVICES, existingTable } from "./tables.ts";

describe("readSettings", () => {
  it("makes a table and notifies no topic by default", () => {
    expect(readSettings({ ROLLCALL_EXISTING_TABLE: "" })).toEqual({
      existingTable: undefined,
      alarmTopicArn: undefined,
    });
  });

  it.each([
    ["ROLLCALL_EXISTING_TABLE", "arn:aws:dynamodb:eu-west-1:123456789012:table/limits", "the name of a table"],
    ["ROLLCALL_ALARM_TOPIC_ARN", "alarms", "the ARN of an SNS topic"],
    ["ROLLCALL_SWEEP_READ_UNITS", "0", "a whole number"],
  ])("refuses a %s that cannot be one", (variable, value, remedy) => {
    expect(() => readSettings({ [variable]: value })).toThrow(new RegExp(`^${variable} is .*: give ${remedy}`));
  });
});

describe("assertTableFits", () => {
  it("takes a table with any indexes", () => {
    expect(() => assertTableFits(existingTable())).not.toThrow();
  });

  it.each(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE"])("refuses a stream of %s and says how to replace it", (viewType) => {
    expect(() => assertTableFits(existingTable({ streamViewType: viewType }))).toThrow(
      /should hold NEW_AND_OLD_IMAGES.*StreamEnabled=false\n.*StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES/s,
    );
  });

  it("refuses a definition of other keys by its name", () => {
    const table = existingTable({ hashKey: "pk", rangeKey: "", attributes: [{ name: "pk", type: "N" }] });
    expect(() => assertTableFits(table, DEVICES)).toThrow(
      'Cannot attach registry devices to table "limits": its keys are pk (N) and should be id (S), which cannot be changed',
    );
  });

  it("refuses other keys", () => {
    expect(() => assertTableFits(existingTable({ hashKey: "id", rangeKey: "" }))).toThrow("should be PK (S), SK (S)");
  });
});
