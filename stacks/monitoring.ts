import { alarmSpecs } from "./alarms.ts";
import { dashboardBody } from "./dashboard.ts";
import type { Maintainer } from "./maintenance.ts";

/** The alarms, which notify a topic where there is one, and the dashboard. */
export function monitoring({
  maintainer,
  alarmTopicArn,
}: {
  maintainer: Maintainer;
  alarmTopicArn: string | undefined;
}): { dashboardUrl: $util.Output<string> } {
  const actions = alarmTopicArn === undefined ? [] : [alarmTopicArn];
  const alarms = alarmSpecs(maintainer).map(
    ({ name, description, series, statistic, threshold, periodSeconds, periods = 1, silenceRings = false }) =>
      new aws.cloudwatch.MetricAlarm(`${name}Alarm`, {
        alarmDescription: description,
        ...series,
        statistic,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold,
        period: periodSeconds,
        evaluationPeriods: periods,
        treatMissingData: silenceRings ? "breaching" : "notBreaching",
        alarmActions: actions,
        okActions: actions,
      }),
  );
  const region = aws.getRegionOutput().region;
  const dashboardName = `${$app.name}-${$app.stage}`;
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName,
    dashboardBody: dashboardBody(
      maintainer,
      alarms.map(({ arn }) => arn),
      region,
    ),
  });
  const dashboardUrl = $interpolate`https://console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
  return { dashboardUrl };
}
