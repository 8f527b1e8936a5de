from datetime import timedelta

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(days=7),  # finding: high
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
}
