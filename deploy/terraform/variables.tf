# What `rollcall deploy template --out` wrote: rollcall.template.json and function.zip.
variable "folder" { type = string }
# The stream, of new and old images, of the table that holds the registries; nothing of the table is changed.
variable "stream_arn" { type = string }
# What the names of everything here begin with.
variable "name" { default = "rollcall" }
# SNS topics that alarms notify.
variable "alarm_topic_arns" {
  type    = list(string)
  default = []
}
# Read units a second that the sweep may use, where its own limit does not suit.
variable "sweep_read_units" { default = null }
# The customer managed key that encrypts the table.
variable "kms_key_arn" { default = null }
