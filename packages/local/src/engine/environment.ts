/**
 * The variables that an engine, the shell before it and Java are given: where to find programs, libraries and their own
 * directories, the language, and the time zone. Everything else stays here, credentials above all.
 */
const NEEDED = [
  "PATH",
  "HOME",
  "TMPDIR",
  "JAVA_HOME",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
] as const;

/** What an engine may know of this process's environment. */
export function engineEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const known = NEEDED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
  return Object.fromEntries(known);
}
