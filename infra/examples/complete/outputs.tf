output "api_url" {
  description = "Where the bot listens, for `patchbot manifest --url`."
  value       = module.patchbot.api_url
}

output "slack_urls" {
  description = "The request URLs of the Slack app, as `patchbot manifest` fills them in."
  value       = module.patchbot.slack_urls
}

output "secret_arn" {
  description = "The secret that `patchbot setup` writes to."
  value       = module.patchbot.secret_arn
}

output "dashboard_url" {
  description = "The dashboard in the console."
  value       = module.patchbot.dashboard_url
}

output "install_window_id" {
  description = "The maintenance window of patch-on-schedule."
  value       = module.patch_policies.install_window_id
}
