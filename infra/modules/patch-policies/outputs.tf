output "scan_association_arn" {
  description = "The association that scans."
  value       = aws_ssm_association.scan.arn
}

output "install_window_id" {
  description = "The maintenance window that installs."
  value       = aws_ssm_maintenance_window.install.id
}
