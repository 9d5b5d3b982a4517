# The module with an address that is known only after it is applied.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "packages_dir" {
  type    = string
  default = null
}

resource "terraform_data" "mailbox" {
  input = "oncall@example.com"
}

module "patchbot" {
  source = "../.."

  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
  packages_dir      = var.packages_dir
  emails            = { oncall = terraform_data.mailbox.output }

  owners = {
    payments = { email = "oncall" }
    ledger   = { email = "oncall" }
    data     = { email = "data@example.com" }
  }
}

output "emails_topic_arn" {
  value = module.patchbot.emails_topic_arn
}
