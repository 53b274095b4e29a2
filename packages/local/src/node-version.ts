/*
 * Imported first, so that an older Node hears of it before anything is sent. It runs on that Node, too:
 * nothing here is newer than Node 12, and nothing is imported.
 */

/** The oldest Node on which this package runs. */
const LEAST_NODE_VERSION = "22.12";

const [leastMajor = 0, leastMinor = 0] = LEAST_NODE_VERSION.split(".").map(Number);
// A bundle may run where there is no process.
const version = typeof process === "undefined" ? undefined : process.versions?.node;
if (version !== undefined) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
    throw new Error(`@rollcall/local needs Node ${LEAST_NODE_VERSION} or newer; this is ${version}`);
  }
}
