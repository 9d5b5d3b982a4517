# What is asked, and how long things may take.

variable "policy_tag_value" {
  description = "Value of the tag \"patch-policy\" that puts an instance into patchbot's hands. A second deployment in the same account and Region needs another one."
  type        = string
  default     = "patch-on-approval"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9._/@+=-]{0,255}$", var.policy_tag_value))
    error_message = "The tag's value begins with a letter and has up to 256 letters, digits and . _ / @ + = -."
  }

  validation {
    condition     = !contains(["true", "false", "null", "yes", "no", "on", "off", "y", "n"], lower(var.policy_tag_value))
    error_message = "The tag's value is a word of its own, not true, yes, on, null or the like: in the state machine's text they are no text."
  }

  validation {
    condition     = lower(var.policy_tag_value) != "patch-on-schedule"
    error_message = "patch-on-schedule is for instances that are patched without being asked about."
  }
}

variable "find_missing_schedule" {
  description = "When patchbot looks for instances that patches are missing on, beside hearing of them: rate(...) or cron(...) in UTC. null for never; then what no event tells is never asked."
  type        = string
  default     = "rate(1 day)"

  validation {
    condition     = var.find_missing_schedule == null || can(regex("^(rate\\([1-9][0-9]* (minutes?|hours?|days?)\\)|cron\\([^ ()]+( [^ ()]+){5}\\))$", var.find_missing_schedule))
    error_message = "The schedule is rate(...) or cron(...) with six fields, e.g. rate(1 day) or cron(0 6 * * ? *). at(...) would look only once."
  }
}

variable "severity" {
  description = "Which missing patches are asked about: \"security\" (critical ones too), \"critical\" (those that the patch baseline gives the compliance level CRITICAL, which AWS's own baselines never do) or \"any\"."
  type        = string
  default     = "security"
  nullable    = false

  validation {
    condition     = contains(["critical", "security", "any"], var.severity)
    error_message = "The severity is critical, security or any."
  }
}

variable "backup" {
  description = "Whether all volumes are snapshotted before an install."
  type        = bool
  default     = true
  nullable    = false
}

variable "backup_days" {
  description = "How many days the snapshots taken before an install are kept at least, where the owner does not say. After that they are deleted once the instance has been patched well since."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 365 && floor(var.backup_days) == var.backup_days
    error_message = "Backups are kept for 1 to 365 whole days."
  }
}

variable "hook_documents" {
  description = "Names or ARNs of Systems Manager documents that the tags patch-before and patch-after of an instance may have run around an install, at most 10, e.g. [\"drain-web\", \"restore-web\"]. They take no parameters. A document of another account needs its ARN. Whoever may tag an instance can have each of these run on it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.hook_documents : can(regex("^([a-zA-Z0-9_.-]{3,128}|arn:[a-z-]+:ssm:[a-z0-9-]+:[0-9]*:document/[a-zA-Z0-9_.-]{3,128})$", name))])
    error_message = "A document is named by its name, 3 to 128 letters, digits and _.-, or by its ARN."
  }

  validation {
    condition     = length(var.hook_documents) <= 10 && length(distinct(var.hook_documents)) == length(var.hook_documents)
    error_message = "Documents are at most 10, each once: an event pattern takes no more."
  }
}

variable "hook_within_minutes" {
  description = "The longest that a document may run before or after an install. AWS is asked earlier, after two thirds of it, and again."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.hook_within_minutes >= 5 && var.hook_within_minutes <= 2880 && floor(var.hook_within_minutes) == var.hook_within_minutes
    error_message = "The time for a document is 5 to 2880 whole minutes."
  }
}

variable "baseline_override" {
  description = "BaselineOverride of installs and scans, for instances that a Quick Setup patch policy scans: the address that the policy's own scans use, e.g. \"https://s3.us-east-1.amazonaws.com/aws-quicksetup-patchpolicy-123456789012-abcde/baseline_overrides.json\". Only a bucket whose name begins with aws-quicksetup-patchpolicy- will do: AWS updates patch compliance for no other override. null for the patch group's or the default baseline."
  type        = string
  default     = null

  validation {
    condition = var.baseline_override == null || can(regex(
      "^(s3://|https://s3[a-z0-9.-]*\\.amazonaws\\.com(\\.cn)?/)aws-quicksetup-patchpolicy-[a-z0-9.-]+/[A-Za-z0-9._/-]+$", var.baseline_override
    ))
    error_message = "The override is an address like https://s3.<region>.amazonaws.com/aws-quicksetup-patchpolicy-.../baseline_overrides.json or s3://aws-quicksetup-patchpolicy-.../...: AWS updates patch compliance for no other bucket."
  }
}

variable "answer_within_hours" {
  description = "How long the owner has to answer. The approvers are reminded meanwhile, as remind_after_hours and escalate_after_hours say."
  type        = number
  default     = 72
  nullable    = false

  validation {
    condition     = var.answer_within_hours >= 1 && var.answer_within_hours <= 8000 && floor(var.answer_within_hours) == var.answer_within_hours
    error_message = "The time to answer is 1 to 8000 whole hours: an execution ends after a year."
  }
}

variable "remind_after_hours" {
  description = "After how many hours without an answer the approvers are reminded, at most ten times, e.g. [24, 48]; [] for never. null for 24 and 48, as far as that is before answer_within_hours."
  type        = list(number)
  default     = null

  validation {
    condition = alltrue([for i, hours in coalesce(var.remind_after_hours, []) :
      hours >= 1 && floor(hours) == hours && hours < var.answer_within_hours && (i == 0 || hours > coalesce(var.remind_after_hours, [])[max(i - 1, 0)])
    ])
    error_message = "Reminders come after whole hours, in ascending order, before answer_within_hours."
  }

  validation {
    condition     = length(coalesce(var.remind_after_hours, [])) <= 10
    error_message = "There are at most ten reminders."
  }
}

variable "escalate_after_hours" {
  description = "After how many hours without an answer the owner's escalation, or else platform_channel, hears of it: not before the last reminder; 0 for never. null for five sixths of answer_within_hours, e.g. 60 of 72, or with the last reminder if that is later."
  type        = number
  default     = null

  validation {
    condition = var.escalate_after_hours == null || var.escalate_after_hours == 0 || try(
      floor(var.escalate_after_hours) == var.escalate_after_hours && var.escalate_after_hours < var.answer_within_hours &&
      var.escalate_after_hours >= max(1, local.reminders...), false
    )
    error_message = "It escalates after whole hours, before answer_within_hours and not before the last reminder, or never (0)."
  }
}

variable "critical_answer_within_hours" {
  description = "How long the owner has to answer where a critical patch is missing, that is one which the patch baseline gives the compliance level CRITICAL; null: as answer_within_hours."
  type        = number
  default     = null

  validation {
    condition = var.critical_answer_within_hours == null || try(
      var.critical_answer_within_hours >= 1 && var.critical_answer_within_hours <= 8000 && floor(var.critical_answer_within_hours) == var.critical_answer_within_hours, false
    )
    error_message = "The time to answer is 1 to 8000 whole hours: an execution ends after a year."
  }
}

variable "critical_remind_after_hours" {
  description = "As remind_after_hours, where a critical patch is missing; null: as remind_after_hours, as far as that is in time."
  type        = list(number)
  default     = null

  validation {
    condition = alltrue([for i, hours in coalesce(var.critical_remind_after_hours, []) :
      hours >= 1 && floor(hours) == hours && hours < coalesce(var.critical_answer_within_hours, var.answer_within_hours) &&
      (i == 0 || hours > coalesce(var.critical_remind_after_hours, [])[max(i - 1, 0)])
    ])
    error_message = "Reminders come after whole hours, in ascending order, before critical_answer_within_hours."
  }

  validation {
    condition     = length(coalesce(var.critical_remind_after_hours, [])) <= 10
    error_message = "There are at most ten reminders."
  }
}

variable "critical_escalate_after_hours" {
  description = "As escalate_after_hours, where a critical patch is missing; null: as escalate_after_hours, or five sixths of a time of its own."
  type        = number
  default     = null

  validation {
    condition = var.critical_escalate_after_hours == null || var.critical_escalate_after_hours == 0 || try(
      floor(var.critical_escalate_after_hours) == var.critical_escalate_after_hours &&
      var.critical_escalate_after_hours < local.critical_answer_within_hours && var.critical_escalate_after_hours >= max(1, local.critical_reminders...), false
    )
    error_message = "It escalates after whole hours, before critical_answer_within_hours and not before the last reminder, or never (0)."
  }
}

variable "after_no_answer" {
  description = "What comes after a question that nobody answered: \"leave\" (asked again when something else is missing, or after ask_again_after_days) or \"ask_again\" (asked again the next time that it is found)."
  type        = string
  default     = "leave"
  nullable    = false

  validation {
    condition     = contains(["leave", "ask_again"], var.after_no_answer)
    error_message = "After no answer is leave or ask_again."
  }
}

variable "schedule_within_hours" {
  description = "How far away a time may be that patching is scheduled for. A question says so when it is asked, so a change counts for later questions."
  type        = number
  default     = 168
  nullable    = false

  validation {
    condition     = var.schedule_within_hours >= 1 && var.schedule_within_hours <= 4000 && floor(var.schedule_within_hours) == var.schedule_within_hours
    error_message = "The time that patching can be scheduled ahead is 1 to 4000 whole hours: an execution ends after a year."
  }
}

variable "patch_window" {
  description = "When in the week patching is offered to be scheduled for, where the owner does not say: days, a time and an IANA time zone, e.g. \"Sat,Sun 02:00 Europe/Berlin\" or \"daily 03:30 UTC\". Null offers none. It never keeps anybody from another time."
  type        = string
  default     = null

  validation {
    condition     = var.patch_window == null ? true : can(regex(local.patch_window, var.patch_window))
    error_message = "A patch window is days, a time and a time zone, such as \"Sat,Sun 02:00 Europe/Berlin\" or \"daily 03:30 UTC\"."
  }
}

variable "turn_within_hours" {
  description = "How long an approved instance waits for its turn, while others of its group are patched or are held after a failure. Then the request fails, and nothing was installed."
  type        = number
  default     = 168
  nullable    = false

  validation {
    condition     = var.turn_within_hours >= 1 && var.turn_within_hours <= 8000 && floor(var.turn_within_hours) == var.turn_within_hours
    error_message = "The time to wait for a turn is 1 to 8000 whole hours: an execution ends after a year."
  }
}

variable "change_calendars" {
  description = "Systems Manager change calendars, by name, or by ARN where another account shares them. While one of them is closed nothing is patched: an approval waits for its end, and only an emergency of two approvers goes through. What cannot be read counts as closed."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = length(var.change_calendars) <= 10 && length(distinct(var.change_calendars)) == length(var.change_calendars) && alltrue([
      for calendar in var.change_calendars : can(regex("^(arn:[a-z0-9-]+:ssm:[a-z0-9-]+:[0-9]{12}:document/)?[a-zA-Z0-9_.-]{3,128}$", calendar))
    ])
    error_message = "Change calendars are at most 10, each once: names such as \"release-freeze\", or ARNs of documents."
  }
}

variable "freeze_within_hours" {
  description = "How long an approved instance waits for a freeze to end. Then its request ends, nothing was begun, and it is asked about the next time that it is found."
  type        = number
  default     = 1440
  nullable    = false

  validation {
    condition     = var.freeze_within_hours >= 1 && var.freeze_within_hours <= 4000 && floor(var.freeze_within_hours) == var.freeze_within_hours
    error_message = "The time to wait for a freeze to end is 1 to 4000 whole hours: an execution ends after a year."
  }
}

variable "ask_again_after_days" {
  description = "How many days after a request that ended without an install its instance is asked about again; 0 for the next scan or look."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.ask_again_after_days >= 0 && var.ask_again_after_days <= 365 && floor(var.ask_again_after_days) == var.ask_again_after_days
    error_message = "The pause before asking again is 0 to 365 whole days."
  }
}

variable "backup_within_minutes" {
  description = "How long snapshots may take: the first ones of large volumes take hours. An event tells when they have ended; should none come, EC2 is asked by the machine itself, at growing distances (by default after 1, 3, 7, 15 and 24 hours)."
  type        = number
  default     = 1440
  nullable    = false

  validation {
    condition     = var.backup_within_minutes >= 5 && var.backup_within_minutes <= 2880 && floor(var.backup_within_minutes) == var.backup_within_minutes
    error_message = "The time for the backup is 5 to 2880 whole minutes."
  }
}

variable "patch_within_minutes" {
  description = "How long an install may take. AWS-RunPatchBaseline gives up after two hours, but a reboot, or another patch run on the node, makes it longer. An event tells when it has ended; should none come, Systems Manager is asked by the machine itself after two thirds of the time, and three times more."
  type        = number
  default     = 480
  nullable    = false

  validation {
    condition     = var.patch_within_minutes >= 130 && var.patch_within_minutes <= 1440 && floor(var.patch_within_minutes) == var.patch_within_minutes
    error_message = "The time for the install is 130 to 1440 whole minutes: ten minutes to start and the two hours of AWS-RunPatchBaseline."
  }
}

variable "scan_within_minutes" {
  description = "How long the scan after the install may take, asked about as the install is."
  type        = number
  default     = 240
  nullable    = false

  validation {
    condition     = var.scan_within_minutes >= 10 && var.scan_within_minutes <= 1440 && floor(var.scan_within_minutes) == var.scan_within_minutes
    error_message = "The time for the scan is 10 to 1440 whole minutes."
  }
}

variable "roll_back_within_minutes" {
  description = "How long EC2 may take to replace a root volume. The bot asks every few minutes; should it not, EC2 is asked by the machine itself, at growing distances (by default after 5, 15, 35, 75 and 120 minutes)."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.roll_back_within_minutes >= 30 && var.roll_back_within_minutes <= 1440 && floor(var.roll_back_within_minutes) == var.roll_back_within_minutes
    error_message = "The time for a roll back is 30 to 1440 whole minutes."
  }
}

variable "back_within_minutes" {
  description = "How long after an install its instance may need until Systems Manager reaches it and EC2's status checks are ok, but for one that was not ok before. Then the request fails, and its approvers hear of it."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.back_within_minutes >= 5 && var.back_within_minutes <= 1440 && floor(var.back_within_minutes) == var.back_within_minutes
    error_message = "The time to come back is 5 to 1440 whole minutes."
  }
}
