import { fill, type Values } from "./fill.ts";
import type { Maintainer } from "./maintenance.ts";

/** The alarms, which notify a topic where there is one, and the dashboard. */
export function monitoring({
  maintainer: { deployment, values },
  alarmTopicArn,
}: {
  maintainer: Maintainer;
  alarmTopicArn: string | undefined;
}): { dashboardUrl: $util.Output<string> } {
  const actions = alarmTopicArn === undefined ? [] : [alarmTopicArn];
  const alarmArns = deployment.alarms.map((described) => {
    const { name, description, series, statistic, threshold, periodSeconds, periods = 1, silenceRings } = described;
    const { arn } = new aws.cloudwatch.MetricAlarm(`${name}Alarm`, {
      alarmDescription: description,
      namespace: series.namespace,
      metricName: series.metricName,
      dimensions: fill({ ...series.dimensions }, values),
      statistic,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold,
      period: periodSeconds,
      evaluationPeriods: periods,
      treatMissingData: silenceRings ? "breaching" : "notBreaching",
      alarmActions: actions,
      okActions: actions,
    });
    return [`${name}AlarmArn`, arn] as const;
  });
  const region = aws.getRegionOutput().region;
  const made: Values = { ...values, Region: region, ...Object.fromEntries(alarmArns) };
  const dashboardName = `${$app.name}-${$app.stage}`;
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName,
    dashboardBody: $jsonStringify(fill(deployment.dashboard, made)),
  });
  const dashboardUrl = $interpolate`https://console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
  return { dashboardUrl };
}
