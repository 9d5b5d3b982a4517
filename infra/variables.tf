variable "name" {
  description = "Prefix of every name, e.g. \"patchbot\". A second deployment in the same account needs another one."
  type        = string
  default     = "patchbot"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,29}$", var.name))
    error_message = "The name has 2 to 30 lower case letters, digits and hyphens, and starts with a letter."
  }

  validation {
    condition     = !can(regex("^(aws|ssm)", var.name))
    error_message = "The name does not begin with aws or ssm: Systems Manager keeps parameters that begin so, like /aws.../installation, for AWS."
  }
}

variable "tags" {
  description = "Tags of every resource that can have some."
  type        = map(string)
  default     = {}
  nullable    = false
}

# Functions.

variable "packages_dir" {
  description = "Folder with notify.zip, interact.zip and progress.zip. Without one, dist/ beside the module's folder."
  type        = string
  default     = null
}

variable "architecture" {
  description = "What the packages are built for: \"arm64\" or \"x86_64\"."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is arm64 or x86_64."
  }
}

variable "notify_reserved_concurrency" {
  description = "How many copies of notify may run at once, kept free for it; null for no reservation. Its queues feed two and channels_concurrency at once in any case."
  type        = number
  default     = null

  validation {
    condition     = var.notify_reserved_concurrency == null || coalesce(var.notify_reserved_concurrency, 0) >= local.notifications_concurrency + var.channels_concurrency
    error_message = "notify needs at least channels_concurrency and 2 more: so many do its queues feed at once, and what Lambda refuses uses up a message's tries."
  }
}

variable "channels_concurrency" {
  description = "How many batches of signals notify takes at once, each of one channel or a few. A copy of it runs as long as it shows something, and sleeps in between: it counts against the account's limit."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.channels_concurrency >= 2 && var.channels_concurrency <= 1000 && floor(var.channels_concurrency) == var.channels_concurrency
    error_message = "The concurrency of channels is 2 to 1000: AWS takes no less."
  }
}

variable "interact_reserved_concurrency" {
  description = "How many copies of interact may run at once, kept free for it, so that a flood of requests takes no more; null for no reservation."
  type        = number
  default     = null

  validation {
    condition     = var.interact_reserved_concurrency == null || coalesce(var.interact_reserved_concurrency, 0) >= 2
    error_message = "interact needs at least 2: people click at the same time."
  }
}

variable "progress_reserved_concurrency" {
  description = "How many copies of progress may run at once, kept free for it; null for no reservation."
  type        = number
  default     = null

  validation {
    condition     = var.progress_reserved_concurrency == null || coalesce(var.progress_reserved_concurrency, 0) >= 1
    error_message = "progress needs at least 1."
  }
}

variable "slack_api_url" {
  description = "Where every Slack call goes in place of Slack, for tests; ends with a slash."
  type        = string
  default     = null

  validation {
    condition     = var.slack_api_url == null || can(regex("^(https://|http://(localhost|127\\.|\\[::1\\])).*/$", var.slack_api_url))
    error_message = "The Slack API URL begins with https://, or with http://localhost, and ends with a slash."
  }
}

variable "aws_endpoint_url" {
  description = "Where every AWS call of the functions goes in place of AWS, for tests."
  type        = string
  default     = null

  validation {
    condition     = var.aws_endpoint_url == null || can(regex("^(https://|http://(localhost|127\\.|\\[::1\\]))", var.aws_endpoint_url))
    error_message = "The AWS endpoint URL begins with https://, or with http://localhost."
  }
}

# The HTTP API.

variable "base_path" {
  description = "What stands before the paths of the API, e.g. \"/patchbot\": the key of a custom domain's API mapping, or the name of a stage. \"\" for nothing."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(/[A-Za-z0-9._~-]+)*$", var.base_path))
    error_message = "The base path begins with a slash and ends without one, like /patchbot, or is empty."
  }
}

variable "url" {
  description = "Where the links in mails lead when a custom domain stands before the API, e.g. \"https://patchbot.example.com/patchbot\"; without one, the API's own address."
  type        = string
  default     = null

  validation {
    condition     = var.url == null || can(regex("^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$", var.url))
    error_message = "The URL begins with https:// and ends without a slash, like https://patchbot.example.com/patchbot."
  }
}

variable "throttle_rate" {
  description = "Requests a second that the API takes in the long run."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.throttle_rate >= 1
    error_message = "The rate is at least 1 request a second."
  }
}

variable "throttle_burst" {
  description = "Requests that the API takes at once."
  type        = number
  default     = 40
  nullable    = false

  validation {
    condition     = var.throttle_burst >= 1
    error_message = "The burst is at least 1 request."
  }
}

# Keeping and watching.

variable "kms_key_arn" {
  description = "Customer managed key for topics, queues, table, secret, logs and the functions' environment. README.md says what its policy must allow. Without one, AWS's own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The key is named by its ARN, arn:aws:kms:<region>:<account>:key/<id>; an alias does not do."
  }
}

variable "deletion_protection" {
  description = "Whether the table refuses to be deleted."
  type        = bool
  default     = true
  nullable    = false
}

variable "secret_recovery_days" {
  description = "How long a deleted secret can be restored: 7 to 30 days, or 0 for not at all."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "The recovery time is 0 or 7 to 30 days."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "machine_log_level" {
  description = "What the state machine logs: \"ALL\", \"ERROR\", \"FATAL\" or \"OFF\". Execution data is never logged."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["ALL", "ERROR", "FATAL", "OFF"], var.machine_log_level)
    error_message = "The log level is ALL, ERROR, FATAL or OFF."
  }
}

# An object, so that the topic may be made in the same plan: whether there is one must be
# known before its ARN is.
variable "alarm_topic" {
  description = "SNS topic for alarms, {arn = \"arn:aws:sns:...\"}. Without one, a topic is made, and somebody must subscribe to it."
  type        = object({ arn = string })
  default     = null

  validation {
    condition     = var.alarm_topic == null || can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alarm_topic.arn))
    error_message = "The alarm topic is named by its ARN, arn:aws:sns:<region>:<account>:<name>."
  }
}

variable "queue_age_alarm_seconds" {
  description = "How old the oldest notification may get before the alarm."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.queue_age_alarm_seconds >= 60
    error_message = "The age is at least 60 seconds: CloudWatch looks once a minute."
  }
}
