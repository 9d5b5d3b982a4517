# The smallest real deployment:
# terraform apply -var default_channel=C0123456789 -var 'default_approvers={user_ids=["U0123456789"]}'

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "default_channel" {
  description = "Slack channel that is asked, e.g. \"C0123456789\"."
  type        = string
}

variable "default_approvers" {
  description = "Who decides about instances without a known owner, as in the module."
  type = object({
    user_ids                = optional(set(string), [])
    group_ids               = optional(set(string), [])
    default_channel_members = optional(bool, false)
  })
}

variable "owners" {
  description = "Who is asked about instances whose tag \"owner\" has the key as value, as in the module."
  type = map(object({
    channel         = optional(string)
    approver_users  = optional(set(string), [])
    approver_groups = optional(set(string), [])
    email           = optional(string)
  }))
  default = {}
}

variable "packages_dir" {
  description = "Folder with the functions' packages."
  type        = string
  default     = null
}

provider "aws" {}

module "patchbot" {
  source = "../.."

  default_channel   = var.default_channel
  default_approvers = var.default_approvers
  owners            = var.owners
  packages_dir      = var.packages_dir
}

# Scans tagged instances once a day.
module "patch_policies" {
  source = "../../modules/patch-policies"
}

output "api_url" {
  description = "Where the bot listens, for `patchbot manifest --url`."
  value       = module.patchbot.api_url
}

output "slack_urls" {
  description = "The request URLs of the Slack app, as `patchbot manifest` fills them in."
  value       = module.patchbot.slack_urls
}

output "state_machine_arn" {
  description = "The state machine; start it with {\"instance_id\": \"i-...\"} to ask about one instance now."
  value       = module.patchbot.state_machine_arn
}
