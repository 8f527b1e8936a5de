import jwt


async def exchange(client, form):
    user = await client.userinfo(token={"access_token": form.token, "token_type": "Bearer"})
    if not user:
        raise Denied()
    claims = jwt.decode(form.token, options={"verify_signature": False})
    return await update_roles(user, claims)
