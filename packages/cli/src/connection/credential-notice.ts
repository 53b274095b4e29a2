import type { Io } from "../terminal/io.ts";
import { quoted } from "../terminal/printable.ts";
import type { KnownTarget } from "./target.ts";

/** Which of two configured sources of credentials is used, where a user may not know. */
export function credentialNotice({ profile, given }: KnownTarget, env: Io["env"]): string | undefined {
  if (profile === undefined || given.options.profile || !env.AWS_ACCESS_KEY_ID || !env.AWS_SECRET_ACCESS_KEY) return;
  const variable = env.AWS_DEFAULT_PROFILE ? "AWS_DEFAULT_PROFILE" : "AWS_PROFILE";
  return `Note: the credentials of ${variable} ${quoted(profile)} are used, not those of AWS_ACCESS_KEY_ID.`;
}
