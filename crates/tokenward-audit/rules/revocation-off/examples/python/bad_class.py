class Config:
    JWT_TOKEN_LOCATION = ["headers"]
    JWT_ENCODE_JTI = False  # finding: medium
