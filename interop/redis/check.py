import time


def revoked(redis, env, claims, kid, max_staleness=10, clock_error=5):
    """Whether a token with these claims, whose signature is good, is revoked. Raises where nobody can say."""
    aud, sub, iat, ver = claims["aud"], claims["sub"], int(claims["iat"]), claims.get("ver")
    names = [f"jti:{claims['jti']}", f"sid:{claims.get('sid', '')}", f"kid:{kid}", f"iss:{claims['iss']}", f"aud:{aud}"]
    names += [f"ver:{sub}", f"ver@{aud}:{sub}", f"sub:{sub}", f"sub@{aud}:{sub}"]
    asked = redis.pipeline(transaction=False).hget(f"{{tw:{env}}}:head", "time")  # the head first
    told, found = asked.mget([f"{{tw:{env}}}:{name}" for name in names]).execute()
    if not told or not -clock_error <= time.time() - int(told) / 1000 <= max_staleness - clock_error:
        raise RuntimeError("what Redis knows of revocations is too old")
    listed, up_to, floors, times = found[:3], found[3:5], found[5:7], found[7:]
    return (any(names and (names == "*" or aud in names.split()) for names in listed)
            or any(last and iat <= int(last) for last in up_to)
            or any(floor and ver is not None and ver < int(floor) for floor in floors)
            or any(pair and iat <= int(pair.split()[ver is not None]) for pair in times))
