/** What a stage may set, in its environment or in the file `.env.<stage>`, which SST reads. */
export interface Settings {
  /** `ROLLCALL_EXISTING_TABLE`: name of a table to attach to. Default: a new table. */
  existingTable: string | undefined;
  /** `ROLLCALL_CONFIG`: the configuration, from the app's root. Default: the nearest `rollcall.config.ts`, or `resources`. */
  configFile: string | undefined;
  /** `ROLLCALL_ALARM_TOPIC_ARN`: the SNS topic that alarms notify. Default: alarms only show in the console. */
  alarmTopicArn: string | undefined;
  /** `ROLLCALL_SWEEP_READ_UNITS`: read units a second that the sweep may use. Default: the sweep's own. */
  sweepReadUnits: number | undefined;
}

/** DynamoDB's rule for table names. Source: DynamoDB developer guide, "Naming rules". */
const TABLE_NAME = /^[a-zA-Z0-9_.-]{3,255}$/;
const READ_UNITS = /^[1-9]\d{0,5}$/;
const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[a-zA-Z0-9_-]+$/;

/**
 * Reads a stage's settings.
 *
 * @throws Error for a value that cannot be one
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const read = (variable: string, pattern: RegExp, what: string): string | undefined => {
    const value = environment[variable];
    if (value === undefined || value === "") return undefined;
    if (!pattern.test(value))
      throw new Error(`${variable} is ${JSON.stringify(value)}: give ${what}, or leave it out.`);
    return value;
  };
  const sweepReadUnits = read("ROLLCALL_SWEEP_READ_UNITS", READ_UNITS, "a whole number from 1 to 999999");
  return {
    existingTable: read("ROLLCALL_EXISTING_TABLE", TABLE_NAME, "the name of a table, not its ARN"),
    configFile: environment.ROLLCALL_CONFIG || undefined, // what reads it says what is wrong with it
    alarmTopicArn: read("ROLLCALL_ALARM_TOPIC_ARN", TOPIC_ARN, "the ARN of an SNS topic"),
    sweepReadUnits: sweepReadUnits === undefined ? undefined : Number(sweepReadUnits),
  };
}
