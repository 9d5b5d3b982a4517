variable "name" {
  description = "Prefix of every name, e.g. \"patchbot\"."
  type        = string
  default     = "patchbot"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,29}$", var.name))
    error_message = "The name has 2 to 30 lower case letters, digits and hyphens, and starts with a letter."
  }
}

variable "tags" {
  description = "Tags of every resource that can have some."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "policy_tag_value" {
  description = "Value of the tag \"patch-policy\" of instances whose owners are asked: the module's policy_tag_value."
  type        = string
  default     = "patch-on-approval"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9._/@+=-]{0,255}$", var.policy_tag_value)) && lower(var.policy_tag_value) != "patch-on-schedule"
    error_message = "The tag's value begins with a letter, has up to 256 letters, digits and . _ / @ + = -, and is not patch-on-schedule."
  }
}

variable "scan_schedule" {
  description = "When instances of both policies are scanned, in UTC: a rate of at least 30 minutes or a cron expression."
  type        = string
  default     = "rate(1 day)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.scan_schedule))
    error_message = "The scan schedule is rate(...) or cron(...), e.g. rate(1 day)."
  }
}

variable "scan_max_concurrency" {
  description = "How many instances are scanned at once: a number or a percentage. It bounds how fast executions of the state machine start: Systems Manager answers its Describe calls only so fast, and 2,000 executions within a minute would wait for it and for each other. 20 at once scan 2,000 instances in two to three hours."
  type        = string
  default     = "20"
  nullable    = false

  validation {
    condition     = can(regex("^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)$", var.scan_max_concurrency))
    error_message = "The concurrency is a number like 10 or a percentage like 50%."
  }
}

variable "install_schedule" {
  description = "When the maintenance window for patch-on-schedule opens."
  type        = string
  default     = "cron(0 2 ? * SUN *)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron|at)\\(.+\\)$", var.install_schedule))
    error_message = "The install schedule is rate(...), cron(...) or at(...), e.g. cron(0 2 ? * SUN *)."
  }
}

variable "install_timezone" {
  description = "Time zone of the install schedule, an IANA name, e.g. \"Europe/Berlin\"."
  type        = string
  default     = "Etc/UTC"
  nullable    = false
}

variable "install_duration_hours" {
  description = "How long the window stays open. No install begins in its last hour."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.install_duration_hours >= 2 && var.install_duration_hours <= 24 && floor(var.install_duration_hours) == var.install_duration_hours
    error_message = "The window is open for 2 to 24 whole hours."
  }
}

variable "install_max_concurrency" {
  description = "How many instances are patched at once: a number or a percentage."
  type        = string
  default     = "10%"
  nullable    = false

  validation {
    condition     = can(regex("^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)$", var.install_max_concurrency))
    error_message = "The concurrency is a number like 10 or a percentage like 50%."
  }
}

variable "install_max_errors" {
  description = "After how many failed instances no further one is patched: a number or a percentage."
  type        = string
  default     = "10%"
  nullable    = false

  validation {
    condition     = can(regex("^([0-9]{1,7}|[0-9]{1,2}%|100%)$", var.install_max_errors))
    error_message = "The errors are a number like 1 or a percentage like 10%."
  }
}

variable "service_role_arn" {
  description = "Role that the window runs commands with; null for the service-linked role of Systems Manager."
  type        = string
  default     = null

  validation {
    condition     = var.service_role_arn == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.service_role_arn))
    error_message = "The role is named by its ARN, arn:aws:iam::<account>:role/<name>."
  }
}
