from jose import jwt


class Keys:
    def load(self, http):
        self.public_keys = http.get(ADDRESS).json()["keys"]

    def read(self, token):
        for public_key in self.public_keys:
            if public_key["kid"] == jwt.get_unverified_header(token)["kid"]:
                return jwt.decode(token, public_key, audience="api")  # finding: uncertain
        raise LookupError
