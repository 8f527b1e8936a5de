import jwt


def fill_in_ids(apps, schema_editor):
    for row in apps.get_model("blacklist", "Token").objects.filter(token_id=None):
        payload = jwt.decode(row.token, options={"verify_signature": False})
        row.token_id = payload.get("jti")
        row.save()
