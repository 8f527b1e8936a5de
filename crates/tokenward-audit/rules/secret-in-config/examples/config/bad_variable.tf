variable "jwt_secret" {
  type    = string
  default = "orchard-winter-42" # finding: high
}
