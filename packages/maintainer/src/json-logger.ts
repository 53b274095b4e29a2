import type { MaintainerLogger } from "./telemetry.ts";

type Level = Uppercase<keyof MaintainerLogger>;

const SEVERITY: Record<Level, number> = { INFO: 1, WARN: 2, ERROR: 3 };

/** The severities below which nothing is written, by the names that Lambda and Powertools have for them. */
const THRESHOLDS: Readonly<Record<string, number>> = {
  TRACE: 0,
  DEBUG: 0,
  ...SEVERITY,
  CRITICAL: 4,
  FATAL: 4,
  SILENT: 5,
};

/**
 * A logger whose lines are those of Powertools for AWS Lambda: one JSON object each, errors on stderr with warnings, the
 * rest on stdout. `AWS_LAMBDA_LOG_LEVEL`, or else `POWERTOOLS_LOG_LEVEL`, says from which level on it writes; default INFO.
 */
export function jsonLogger(service: string): MaintainerLogger {
  const { AWS_LAMBDA_LOG_LEVEL, POWERTOOLS_LOG_LEVEL } = process.env;
  const threshold = THRESHOLDS[AWS_LAMBDA_LOG_LEVEL || POWERTOOLS_LOG_LEVEL || "INFO"] ?? SEVERITY.INFO;
  const write = (level: Level, message: string, details: Record<string, unknown>): void => {
    if (SEVERITY[level] < threshold) return;
    const line = {
      level,
      message,
      timestamp: new Date().toISOString(),
      service,
      sampling_rate: 0, // Powertools' lines have it, and so may the queries of those who read them
      xray_trace_id: traceId(),
      ...details,
    };
    (level === "INFO" ? process.stdout : process.stderr).write(`${JSON.stringify(line, plainValues())}\n`);
  };
  return {
    info: (message, details) => write("INFO", message, details),
    warn: (message, details) => write("WARN", message, details),
    error: (message, details) => write("ERROR", message, details),
  };
}

/** The trace of the invocation, which Lambda's runtime puts into the environment. */
function traceId(): string | undefined {
  return /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? "")?.[1];
}

/** A replacer for JSON that writes out errors, and leaves out what contains itself. */
function plainValues(): (this: unknown, key: string, value: unknown) => unknown {
  const ancestors: unknown[] = [];
  return function (_, given) {
    const value = given instanceof Error ? plainError(given) : given;
    if (typeof value === "bigint") return String(value);
    if (typeof value !== "object" || value === null) return value;
    while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
    if (ancestors.includes(value)) return undefined;
    ancestors.push(value);
    return value;
  };
}

function plainError(error: Error): object {
  const { name, message, stack, cause, ...further } = error;
  const location = /\(([^()]*):\d+\)$/m.exec(stack ?? "")?.[1] ?? "";
  return { name, location, message, stack, cause, ...further };
}
