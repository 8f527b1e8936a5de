import jwt


def logout(token):
    claims = jwt.decode(token, KEY, algorithms=["RS256"], options={"verify_exp": False})
    end(claims["sid"])
