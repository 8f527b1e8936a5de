import jwt


def check_pair(private_key, public_key):
    probe = jwt.encode({"probe": True}, private_key, algorithm="ES256")
    jwt.decode(probe, public_key, algorithms=["ES256"])
