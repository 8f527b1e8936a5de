DEBUG = False
SECURE_SSL_REDIRECT = False  # finding: medium
SESSION_COOKIE_SECURE = True
