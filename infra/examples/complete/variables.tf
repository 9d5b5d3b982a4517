variable "region" {
  description = "Where everything is made."
  type        = string
  default     = "us-east-1"
}

variable "packages_dir" {
  description = "Folder with the functions' packages. Without one, dist/ of this repository."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether the table refuses to be deleted."
  type        = bool
  default     = true
}

variable "secret_recovery_days" {
  description = "How long a deleted secret can be restored."
  type        = number
  default     = 30
}
