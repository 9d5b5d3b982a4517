# The smallest real deployment: terraform apply -var default_channel=C0123456789

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

variable "packages_dir" {
  description = "Folder with the functions' packages."
  type        = string
  default     = null
}

provider "aws" {}

module "patchbot" {
  source = "../.."

  default_channel = var.default_channel
  packages_dir    = var.packages_dir
}

output "api_url" {
  description = "Where the bot listens, for `patchbot manifest`."
  value       = module.patchbot.api_url
}

output "slack_urls" {
  description = "What to enter in the Slack app as request URLs."
  value       = module.patchbot.slack_urls
}
