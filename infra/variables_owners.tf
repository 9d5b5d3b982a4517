# Who is asked.

variable "default_channel" {
  description = "Slack channel that is asked when neither the instance nor its owner names one, e.g. \"C0123456789\"."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[CG][A-Z0-9]{8,}$", var.default_channel))
    error_message = "The default channel is a channel's id, like C0123456789, not its name. Slack shows it at the end of the channel's details."
  }
}

variable "default_approvers" {
  description = "Who decides about instances without a known owner: ids of users and user groups, or, said explicitly, the members of the default channel."
  type = object({
    user_ids                = optional(set(string), []) # e.g. "U0123456789"
    group_ids               = optional(set(string), []) # e.g. "S0123456789"
    default_channel_members = optional(bool, false)     # instead of the ids
  })
  nullable = false

  validation {
    condition     = (length(var.default_approvers.user_ids) + length(var.default_approvers.group_ids) > 0) != var.default_approvers.default_channel_members
    error_message = "Name default approvers by user_ids or group_ids, or say default_channel_members = true, but not both."
  }

  validation {
    condition     = alltrue([for id in var.default_approvers.user_ids : can(regex("^[UW][A-Z0-9]{8,}$", id))])
    error_message = "user_ids are Slack user ids, like U0123456789."
  }

  validation {
    condition     = alltrue([for id in var.default_approvers.group_ids : can(regex("^S[A-Z0-9]{8,}$", id))])
    error_message = "group_ids are ids of Slack user groups, like S0123456789."
  }
}

variable "platform_channel" {
  description = "Slack channel of the platform team, which is told when a tag changes that says who decides; the default channel when left out. Where given, it also hears of what nobody answers, if the owner has no escalation."
  type        = string
  default     = null

  validation {
    condition     = var.platform_channel == null || can(regex("^[CG][A-Z0-9]{8,}$", var.platform_channel))
    error_message = "The platform channel is a channel's id, like C0123456789."
  }
}

variable "owners" {
  description = "Owner directory: who is asked about instances whose tag \"owner\" has the key as value. The members of the owner's channel decide when no approver is named."
  type = map(object({
    channel         = optional(string)          # e.g. "C0123456789"; the default channel when left out
    approver_users  = optional(set(string), []) # Slack user ids, e.g. "U0123456789"
    approver_groups = optional(set(string), []) # Slack user group ids, e.g. "S0123456789"
    notify          = optional(set(string))     # whom Slack notifies: ids of users and user groups, or "here"; [] for nobody; the approvers when left out
    email           = optional(string)          # a mailbox: a key of emails, or an address; is told by mail; owners may share one
    email_when      = optional(string)          # "fallback": when Slack does not take a question; "always": besides Slack; "never"; what email_always says when left out
    approval_page   = optional(bool)            # whether the links in its mail decide; what approval_page says when left out, and never where that is false
    at_once         = optional(string)          # how many are patched at once, e.g. "3" or "25%"; what turns says when left out, as for the next two
    canary          = optional(bool)            # the first of a run is patched alone, until one has ended well
    patch_window    = optional(string)          # when patching is offered to be scheduled for, e.g. "Sat,Sun 02:00 Europe/Berlin"; what patch_window says when left out
    hold_after      = optional(number)          # failures after which the rest of a run is held
    backup_days     = optional(number)          # how many days snapshots from before an install are kept at least; what backup_days says when left out

    # How many different people must approve before anything is installed, 1 to 5; 1 when left out. An instance's tag
    # "patch-approvals" can ask for more, never for fewer.
    approvals_required = optional(number)

    # Who hears of what its approvers do not answer; see escalate_after_hours. They may decide nothing by it.
    escalation_channel = optional(string)          # gets a message; platform_channel when nobody is named
    escalation_users   = optional(set(string), []) # are mentioned in the question's thread
    escalation_groups  = optional(set(string), []) # the same
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.owners) : length(trimspace(name)) > 0 && trimspace(name) == name && length(name) <= 256])
    error_message = "An owner's name is the value of a tag: 1 to 256 characters without space around them."
  }

  validation {
    condition     = alltrue([for owner in values(var.owners) : owner.channel == null || can(regex("^[CG][A-Z0-9]{8,}$", owner.channel))])
    error_message = "An owner's channel is a channel's id, like C0123456789."
  }

  validation {
    condition     = alltrue(flatten([for owner in values(var.owners) : [for id in owner.approver_users : can(regex("^[UW][A-Z0-9]{8,}$", id))]]))
    error_message = "approver_users are Slack user ids, like U0123456789."
  }

  validation {
    condition     = alltrue(flatten([for owner in values(var.owners) : [for id in owner.approver_groups : can(regex("^S[A-Z0-9]{8,}$", id))]]))
    error_message = "approver_groups are ids of Slack user groups, like S0123456789."
  }

  validation {
    condition = alltrue(flatten([for owner in values(var.owners) : concat(
      [owner.escalation_channel == null || can(regex("^[CG][A-Z0-9]{8,}$", owner.escalation_channel))],
      [for id in owner.escalation_users : can(regex("^[UW][A-Z0-9]{8,}$", id))],
      [for id in owner.escalation_groups : can(regex("^S[A-Z0-9]{8,}$", id))],
    )]))
    error_message = "An owner's escalation is ids: escalation_channel of a channel, like C0123456789, escalation_users of users and escalation_groups of user groups."
  }

  validation {
    condition     = alltrue(flatten([for owner in values(var.owners) : [for id in owner.notify == null ? [] : tolist(owner.notify) : can(regex("^([USW][A-Z0-9]{8,}|here)$", id))]]))
    error_message = "notify has ids of Slack users or user groups, like U0123456789 or S0123456789, or \"here\"."
  }

  validation {
    condition     = alltrue([for owner in values(var.owners) : owner.at_once == null || can(regex(local.at_once, owner.at_once))])
    error_message = "How many of an owner's instances are patched at once is a number from 1 to 1000, or a share from 1% to 100%."
  }

  validation {
    condition     = alltrue([for owner in values(var.owners) : owner.patch_window == null || can(regex(local.patch_window, owner.patch_window))])
    error_message = "An owner's patch_window is days, a time and a time zone, such as \"Sat,Sun 02:00 Europe/Berlin\" or \"daily 03:30 UTC\"."
  }

  validation {
    condition     = alltrue([for owner in values(var.owners) : owner.hold_after == null || try(owner.hold_after >= 1 && owner.hold_after <= 1000 && floor(owner.hold_after) == owner.hold_after, false)])
    error_message = "The rest of a run is held after 1 to 1000 failures."
  }

  validation {
    condition     = alltrue([for owner in values(var.owners) : owner.backup_days == null || try(owner.backup_days >= 1 && owner.backup_days <= 365 && floor(owner.backup_days) == owner.backup_days, false)])
    error_message = "Backups are kept for 1 to 365 whole days: backup_days is a whole number."
  }

  validation {
    condition     = alltrue([for owner in values(var.owners) : owner.approvals_required == null || try(owner.approvals_required >= 1 && owner.approvals_required <= 5 && floor(owner.approvals_required) == owner.approvals_required, false)])
    error_message = "From 1 to 5 different people must approve: approvals_required is a whole number."
  }

  validation {
    condition     = alltrue([for owner in values(var.owners) : owner.email == null || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", owner.email)) || anytrue([for name in keys(var.emails) : name == owner.email])])
    error_message = "An owner's email is one address, like payments@example.com, or a key of emails."
  }

  validation {
    condition     = alltrue([for owner in values(var.owners) : contains(["fallback", "always", "never"], coalesce(owner.email_when, "fallback"))])
    error_message = "An owner is mailed as a \"fallback\", \"always\" or \"never\"."
  }

  validation {
    condition     = alltrue([for owner in values(var.owners) : owner.email == null || !contains(values(var.emails), coalesce(owner.email, "none"))])
    error_message = "An address of emails is named by its key: a topic takes an address only once."
  }

  validation {
    condition     = alltrue([for names in values({ for name, owner in var.owners : owner.email => name... if owner.email != null }) : length(names) <= 150])
    error_message = "At most 150 owners share an email: SNS takes 150 values in a filter policy."
  }
}

variable "email_always" {
  description = "Whether owners with an email are told by mail besides Slack, where they do not say when."
  type        = bool
  default     = false
  nullable    = false
}

variable "approval_page" {
  description = "Whether mails have links that decide: whoever opens one may, under the name that they give. Without it, mails only tell."
  type        = bool
  default     = true
  nullable    = false
}

variable "turns" {
  description = "How many instances of a group are patched at once, where an owner does not say. A group is an owner's instances, or those of them that have the same value of the tag \"patch-group\"."
  type = object({
    at_once    = optional(string, "1") # a number, or a share of those that are approved together, rounded down, e.g. "25%"
    canary     = optional(bool, false) # the first of a run is patched alone, until one has ended well
    hold_after = optional(number, 1)   # failures after which the rest of a run is held until an approver says how to go on
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex(local.at_once, var.turns.at_once))
    error_message = "How many are patched at once is a number from 1 to 1000, or a share from 1% to 100%."
  }

  validation {
    condition     = var.turns.hold_after >= 1 && var.turns.hold_after <= 1000 && floor(var.turns.hold_after) == var.turns.hold_after
    error_message = "The rest of a run is held after 1 to 1000 failures."
  }
}

variable "emails" {
  description = "Addresses by a name of your own, which an owner's email may be instead: for an address that another resource of the same plan makes, so that it is not known yet."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.emails) : can(regex("^[A-Za-z0-9._-]+$", name))])
    error_message = "The name of an address has letters, digits and . _ -: no @, which makes it an address."
  }

  validation {
    condition     = alltrue([for address in values(var.emails) : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "An address is one like payments@example.com."
  }

  validation {
    condition     = length(distinct(values(var.emails))) == length(var.emails)
    error_message = "An address has one name: a topic takes an address only once."
  }
}
