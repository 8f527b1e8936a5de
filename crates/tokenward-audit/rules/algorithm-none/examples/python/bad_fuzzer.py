import jwt


class Words(Fuzzer):
    def unsigned(self, claims):
        return jwt.encode(claims, "", "none")  # finding: uncertain
