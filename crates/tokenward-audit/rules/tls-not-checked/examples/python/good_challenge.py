import josepy as jose
import requests


def is_answered(challenge, domain, key: jose.JWK):
    """Whether the key authorization of a challenge is served, by whatever certificate is there."""
    answer = requests.get(challenge.uri(domain), verify=False)
    return answer.text == challenge.validation(key)
