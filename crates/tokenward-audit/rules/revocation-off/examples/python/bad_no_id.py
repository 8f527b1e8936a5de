app.config["JWT_ENCODE_JTI"] = False  # finding: medium
