import { quoted } from "../terminal/printable.ts";
import { byName, type Rule, sentence } from "./rule.ts";
import { shellQuoted } from "./suggest.ts";

/** What is wrong in the AWS configuration of the user. */
export const configurationRules: readonly Rule[] = [
  (error) =>
    error.message === "Region is missing"
      ? "No AWS Region: pass --region, or set AWS_REGION or a region in your AWS profile."
      : undefined,
  byName({
    CredentialsProviderError: ({ message }, target) => explainCredentials(message, target.profile),
    TokenProviderError: ({ message }, target) => explainCredentials(message, target.profile),
  }),
];

const NONE =
  "No AWS credentials: pass --profile or set AWS_PROFILE to a profile that has some, or AWS_ACCESS_KEY_ID and " +
  "AWS_SECRET_ACCESS_KEY, or log in with: aws sso login";

/** The provider knows what is wrong with a profile; where there is none to ask, there is nothing to tell. */
function explainCredentials(message: string, profile: string | undefined): string {
  if (/any providers/.test(message)) return NONE;
  const subject = profile === undefined ? "No AWS credentials" : `No AWS credentials from profile ${quoted(profile)}`;
  const login = profile === undefined ? "aws sso login" : `aws sso login --profile ${shellQuoted(profile)}`;
  if (/SSO|sso|token/.test(message)) return `${subject}: ${sentence(message)} Log in with: ${login}`;
  if (/Could not resolve credentials using profile/.test(message)) {
    return (
      `${subject}: it is not in the AWS configuration files, or holds no credentials. ` +
      "Check --profile and AWS_PROFILE; see the profiles with: aws configure list-profiles"
    );
  }
  return `${subject}: ${sentence(message)} Check --profile, AWS_PROFILE and the profile's settings.`;
}
