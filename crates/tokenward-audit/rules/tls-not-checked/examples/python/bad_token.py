import jwt
from requests import post


def refresh(refresh_token):
    answer = post(
        "https://auth.example/token",
        data={"grant_type": "refresh_token", "refresh_token": refresh_token},
        verify=False,  # finding: high
    )
    return jwt.decode(answer.json()["id_token"], KEY, algorithms=["RS256"])
