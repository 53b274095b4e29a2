# What is particular to registries is read from the template. Names are given here: ARNs are known before anything is made.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 6.0" }
  }
}
locals {
  names     = { for id in ["Stream", "Sweep", "DeadLetters"] : id => "${var.name}-${id}" }
  table_arn = split("/stream/", var.stream_arn)[0]
  partition = split(":", var.stream_arn)[1]
  region    = split(":", var.stream_arn)[3]
  account   = "${local.region}:${split(":", var.stream_arn)[4]}"
  queue_arn = "arn:${local.partition}:sqs:${local.account}:${local.names.DeadLetters}"

  # The template's texts, with values in the place of CloudFormation's variables.
  text = replace(replace(replace(replace(replace(replace(replace(replace(
    file("${var.folder}/rollcall.template.json"),
    "arn:$${AWS::Partition}:dynamodb:$${AWS::Region}:$${AWS::AccountId}:table/$${TableName}", local.table_arn),
    "$${TableName}", split("/", local.table_arn)[1]),
    "$${StreamArn}", var.stream_arn),
    "$${StreamFunction}", local.names.Stream),
    "$${SweepFunction}", local.names.Sweep),
    "$${DeadLetters.QueueName}", local.names.DeadLetters),
    "$${DeadLetters.Arn}", local.queue_arn),
    "$${AWS::Region}", local.region
  )
  alarm_arns = "arn:${local.partition}:cloudwatch:${local.account}:alarm:${var.name}-$1"
  resources  = jsondecode(replace(local.text, "/\\$\\{(\\w+)Alarm\\.Arn\\}/", local.alarm_arns)).Resources

  functions  = { for id in ["Stream", "Sweep"] : id => local.resources["${id}Function"].Properties }
  logs       = "arn:${local.partition}:logs:${local.account}:log-group:/aws/lambda"
  sweep_arn  = "arn:${local.partition}:lambda:${local.account}:function:${local.names.Sweep}"
  decrypting = var.kms_key_arn == null ? [] : [{ Effect = "Allow", Action = ["kms:Decrypt"], Resource = [var.kms_key_arn] }]

  # Statements about the table, its stream and the queue are the template's; logs and keys have names of this module's own.
  statements = merge(
    {
      for id in keys(local.functions) : id => concat(
        [
          for statement in local.resources["${id}Role"].Properties.Policies[0].PolicyDocument.Statement :
          merge(statement, { Resource = [for arn in statement.Resource : arn["Fn::Sub"]] })
          if can(statement.Resource[0]["Fn::Sub"])
        ],
        [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${local.logs}/${local.names[id]}:*"] }],
        local.decrypting,
      )
    },
    {
      SweepSchedule = [
        { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = [local.sweep_arn] },
        { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [local.queue_arn] },
      ]
    },
  )
  mapping = local.resources.StreamMapping.Properties
  alarms = {
    for id, resource in local.resources : trimsuffix(id, "Alarm") => resource.Properties
    if resource.Type == "AWS::CloudWatch::Alarm"
  }
}

resource "aws_lambda_function" "maintainer" {
  for_each         = local.functions
  function_name    = local.names[each.key]
  description      = each.value.Description
  runtime          = each.value.Runtime
  architectures    = each.value.Architectures
  memory_size      = each.value.MemorySize
  timeout          = each.value.Timeout
  handler          = each.value.Handler
  filename         = "${var.folder}/function.zip"
  source_code_hash = filebase64sha256("${var.folder}/function.zip")
  role             = aws_iam_role.maintainer[each.key].arn

  environment {
    variables = {
      for name, value in each.value.Environment.Variables : name => can(value["Fn::If"]) ? tostring(var.sweep_read_units) : try(value["Fn::Sub"], value)
      if !can(value["Fn::If"]) || var.sweep_read_units != null
    }
  }

  logging_config {
    log_format = each.value.LoggingConfig.LogFormat
    log_group  = aws_cloudwatch_log_group.maintainer[each.key].name
  }
}

resource "aws_cloudwatch_log_group" "maintainer" {
  for_each          = local.functions
  name              = "/aws/lambda/${local.names[each.key]}"
  retention_in_days = local.resources["${each.key}LogGroup"].Properties.RetentionInDays
}

resource "aws_iam_role" "maintainer" {
  for_each           = local.statements
  name_prefix        = "${var.name}-${each.key}-"
  assume_role_policy = jsonencode(local.resources["${each.key}Role"].Properties.AssumeRolePolicyDocument)
}

resource "aws_iam_role_policy" "maintainer" {
  for_each = local.statements
  name     = "Maintainer"
  role     = aws_iam_role.maintainer[each.key].id
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_lambda_event_source_mapping" "stream" {
  event_source_arn                   = var.stream_arn
  function_name                      = aws_lambda_function.maintainer["Stream"].arn
  starting_position                  = local.mapping.StartingPosition
  batch_size                         = local.mapping.BatchSize
  maximum_batching_window_in_seconds = local.mapping.MaximumBatchingWindowInSeconds
  parallelization_factor             = local.mapping.ParallelizationFactor
  function_response_types            = local.mapping.FunctionResponseTypes
  bisect_batch_on_function_error     = local.mapping.BisectBatchOnFunctionError
  maximum_retry_attempts             = local.mapping.MaximumRetryAttempts
  maximum_record_age_in_seconds      = local.mapping.MaximumRecordAgeInSeconds
  depends_on                         = [aws_iam_role_policy.maintainer]

  filter_criteria {
    dynamic "filter" {
      for_each = local.mapping.FilterCriteria.Filters
      content { pattern = filter.value.Pattern }
    }
  }

  metrics_config { metrics = local.mapping.MetricsConfig.Metrics }

  destination_config {
    on_failure { destination_arn = aws_sqs_queue.dead_letters.arn }
  }
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = local.names.DeadLetters
  message_retention_seconds = local.resources.DeadLetters.Properties.MessageRetentionPeriod
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "tls_only" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for each in local.resources.DeadLettersTlsOnly.Properties.PolicyDocument.Statement : merge(each, { Resource = [local.queue_arn] })]
  })
}

resource "aws_scheduler_schedule" "sweep" {
  name                = local.names.Sweep
  schedule_expression = local.resources.SweepSchedule.Properties.ScheduleExpression

  flexible_time_window { mode = "OFF" }

  target {
    arn      = aws_lambda_function.maintainer["Sweep"].arn
    role_arn = aws_iam_role.maintainer["SweepSchedule"].arn
    dead_letter_config { arn = local.queue_arn }
    retry_policy { maximum_retry_attempts = local.resources.SweepSchedule.Properties.Target.RetryPolicy.MaximumRetryAttempts }
  }
}

resource "aws_cloudwatch_metric_alarm" "maintainer" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.AlarmDescription
  namespace           = each.value.Namespace
  metric_name         = each.value.MetricName
  dimensions          = { for dimension in each.value.Dimensions : dimension.Name => try(dimension.Value["Fn::Sub"], dimension.Value) }
  statistic           = each.value.Statistic
  comparison_operator = each.value.ComparisonOperator
  threshold           = each.value.Threshold
  period              = each.value.Period
  evaluation_periods  = each.value.EvaluationPeriods
  treat_missing_data  = each.value.TreatMissingData
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
}

resource "aws_cloudwatch_dashboard" "maintainer" {
  dashboard_name = var.name
  dashboard_body = replace(local.resources.Dashboard.Properties.DashboardBody["Fn::Sub"], "$${StreamMapping}", aws_lambda_event_source_mapping.stream.uuid)
}
