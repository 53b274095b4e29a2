/** What the AWS SDK misses in the configuration of whoever runs the command, if that is what the error is about. */
export function explainConfigurationError(error: Error): string | undefined {
  if (error.message === "Region is missing") {
    return "No AWS Region: pass --region, or set AWS_REGION or a region in your AWS profile.";
  }
  if (error.name === "CredentialsProviderError" || error.name === "TokenProviderError") {
    return /any providers/.test(error.message)
      ? "No AWS credentials: set AWS_PROFILE to a profile that has some, or AWS_ACCESS_KEY_ID and " +
          "AWS_SECRET_ACCESS_KEY, or log in with: aws sso login"
      : `No AWS credentials: ${withFullStop(error.message)} Check AWS_PROFILE, or log in again with: aws sso login`;
  }
  return undefined;
}

function withFullStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
