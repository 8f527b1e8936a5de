resource "shop" "api" {
  jwt_secret = random_password.jwt.result
  jwt_key    = var.jwt_key
}
