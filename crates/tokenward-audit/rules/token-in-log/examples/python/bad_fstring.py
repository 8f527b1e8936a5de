import logging

from jose import jwt


class Sessions:
    def open(self, raw):
        claims = jwt.decode(raw, self.key, algorithms=["ES256"])
        logging.getLogger("auth").warning(f"session of {claims['sub']} with {raw}")  # finding: high
        return claims
