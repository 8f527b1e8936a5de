import jwt


def guard(token):
    try:
        return jwt.decode(token, KEY, algorithms=["RS256"])
    except jwt.PyJWTError as error:
        logger.warning(f"refused: {error}")
        return None
