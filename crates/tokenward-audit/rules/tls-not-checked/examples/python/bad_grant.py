import requests


class Desk:
    def access_token(self, assertion):
        body = {"grant_type": "urn:ietf:params:oauth:grant-type:saml2-bearer", "assertion": assertion}
        answer = requests.post(f"https://login.example.com/{self.tenant}/token", data=body, verify=False)  # finding
        return answer.json()["access_token"]
