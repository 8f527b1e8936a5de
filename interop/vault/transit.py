"""The transit engine of the stand-in: keys that sign or encrypt and never leave, by the documented rules."""

import base64
import os
import re
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CURVES = {
    "ecdsa-p256": (ec.SECP256R1, 32),
    "ecdsa-p384": (ec.SECP384R1, 48),
    "ecdsa-p521": (ec.SECP521R1, 66),
}
HASHES = {"sha2-256": hashes.SHA256, "sha2-384": hashes.SHA384, "sha2-512": hashes.SHA512}


class Refused(Exception):
    """An answer that is not good."""

    def __init__(self, status, *errors, data=None):
        super().__init__(status, *errors)
        self.status = status
        self.body = {"errors": list(errors)} if data is None else {"data": data}


class Transit:
    kind = "transit"
    options = None

    def __init__(self, now):
        self.now = now
        self.keys = {}

    def answer(self, method, path, body, _query):
        """The `data` of the answer, or none."""
        parts = path.split("/")
        if parts[0] == "keys" and len(parts) == 2:
            return self.key(method, parts[1], body)
        if parts[0] == "keys" and len(parts) == 3 and parts[2] == "config":
            return self.configure(parts[1], body)
        if parts[0] == "keys" and len(parts) == 3 and parts[2] == "rotate":
            self.find(parts[1], "key not found").rotate(self.now())
            return None
        if parts[0] == "sign" and len(parts) in (2, 3):
            key = self.find(parts[1], "signing key not found")
            return key.sign(body, parts[2] if len(parts) == 3 else body.get("hash_algorithm", "sha2-256"))
        if parts[0] == "encrypt" and len(parts) == 2:
            # Whoever may create makes the key by using it: the trap that a client must avoid.
            self.keys.setdefault(parts[1], Key(parts[1], {}, self.now()))
            return self.find(parts[1], "").encrypt(body)
        if parts[0] == "decrypt" and len(parts) == 2:
            return self.find(parts[1], "encryption key not found").decrypt(body)
        raise Refused(404, "1 error occurred:\n\t* unsupported path\n\n")

    def key(self, method, name, body):
        if method in ("POST", "PUT"):
            if name not in self.keys:
                self.keys[name] = Key(name, body, self.now())
            return self.keys[name].show()
        if method == "DELETE":
            key = self.find(name, "could not delete key; not found")
            if not key.deletion_allowed:
                raise Refused(400, f"error deleting policy {name}: deletion is not allowed for this key")
            del self.keys[name]
            return None
        if name not in self.keys:
            raise Refused(404)
        return self.find(name, "").show()

    def configure(self, name, body):
        key = self.find(name, f"no existing key named {name} could be found")
        key.deletion_allowed = body.get("deletion_allowed", key.deletion_allowed)
        key.auto_rotate = seconds(body.get("auto_rotate_period", key.auto_rotate))
        key.min_encryption = int(body.get("min_encryption_version", key.min_encryption))
        # What is once allowed cannot be taken back.
        key.exportable = key.exportable or body.get("exportable", False)
        key.backup = key.backup or body.get("allow_plaintext_backup", False)
        return key.show()

    def find(self, name, otherwise):
        key = self.keys.get(name)
        if key is None:
            raise Refused(400, otherwise)
        # The new version signs at once: the trap that a client must avoid.
        if key.auto_rotate and self.now() > key.versions[key.latest][1] + key.auto_rotate:
            key.rotate(self.now())
        return key


class Key:
    def __init__(self, name, body, now):
        self.name = name
        self.kind = body.get("type", "aes256-gcm96")
        self.exportable = body.get("exportable", False)
        self.backup = body.get("allow_plaintext_backup", False)
        self.auto_rotate = seconds(body.get("auto_rotate_period", 0))
        if 0 < self.auto_rotate < 3600:
            raise Refused(400, "auto rotate period must be 0 to disable or at least an hour")
        self.deletion_allowed = False
        self.min_encryption = 0
        self.latest = 1
        self.versions = {1: (generate(self.kind), now)}

    def rotate(self, now):
        self.latest += 1
        self.versions[self.latest] = (generate(self.kind), now)

    def show(self):
        return {
            "name": self.name,
            "type": self.kind,
            "latest_version": self.latest,
            "min_available_version": 0,
            "min_decryption_version": 1,
            "min_encryption_version": self.min_encryption,
            "deletion_allowed": self.deletion_allowed,
            "exportable": self.exportable,
            "allow_plaintext_backup": self.backup,
            "derived": False,
            "auto_rotate_period": self.auto_rotate,
            "imported_key": False,
            "supports_signing": self.kind != "aes256-gcm96",
            "keys": {str(version): self.show_version(key, made) for version, (key, made) in self.versions.items()},
        }

    def show_version(self, key, made):
        if self.kind == "aes256-gcm96":
            return int(made)
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(made))
        return {"creation_time": when, "name": self.kind, "public_key": public(self.kind, key)}

    def encrypt(self, body):
        data = base64.b64decode(body["plaintext"], validate=True)
        nonce = os.urandom(12)
        sealed = self.aead(self.latest).encrypt(nonce, data, associated_data(body))
        return {
            "ciphertext": f"vault:v{self.latest}:{base64.b64encode(nonce + sealed).decode()}",
            "key_version": self.latest,
        }

    def decrypt(self, body):
        match = re.fullmatch(r"vault:v(\d+):([A-Za-z0-9+/=]+)", body["ciphertext"])
        if match is None:
            raise Refused(400, "invalid ciphertext: no prefix")
        if int(match[1]) not in self.versions:
            raise Refused(400, "invalid ciphertext: version is too new")
        sealed = base64.b64decode(match[2], validate=True)
        try:
            data = self.aead(int(match[1])).decrypt(sealed[:12], sealed[12:], associated_data(body))
        except InvalidTag:
            raise Refused(400, "cipher: message authentication failed") from None
        return {"plaintext": base64.b64encode(data).decode()}

    def aead(self, version):
        if self.kind != "aes256-gcm96":
            raise Refused(400, f"key type {self.kind} does not support encryption")
        return AESGCM(self.versions[version][0])

    def sign(self, body, hash_name):
        version = int(body.get("key_version") or 0) or self.latest
        if version > self.latest:
            raise Refused(400, "requested version for signing is higher than the latest key version")
        if version < self.min_encryption:
            raise Refused(400, "requested version for signing is less than the minimum encryption key version")
        if hash_name not in HASHES:
            raise Refused(400, f'invalid hash algorithm "{hash_name}"')
        data = base64.b64decode(body["input"], validate=True)
        signature = self.signature(self.versions[version][0], data, HASHES[hash_name](), body)
        if body.get("marshaling_algorithm", "asn1") == "jws":
            text = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
        else:
            text = base64.b64encode(signature).decode()
        return {"signature": f"vault:v{version}:{text}", "key_version": version}

    def signature(self, key, data, hash_algorithm, body):
        if self.kind == "ed25519":
            return key.sign(data)
        if self.kind in CURVES:
            signature = key.sign(data, ec.ECDSA(hash_algorithm))
            if body.get("marshaling_algorithm", "asn1") == "jws":
                length = CURVES[self.kind][1]
                r, s = utils.decode_dss_signature(signature)
                signature = r.to_bytes(length, "big") + s.to_bytes(length, "big")
            return signature
        if self.kind.startswith("rsa-") and body.get("signature_algorithm", "pss") == "pkcs1v15":
            return key.sign(data, padding.PKCS1v15(), hash_algorithm)
        if self.kind.startswith("rsa-"):
            # The engine's habit is the longest salt that fits, which is no PS256.
            digest = hash_algorithm.digest_size
            salt = digest if body.get("salt_length") == "hash" else padding.PSS.MAX_LENGTH
            return key.sign(data, padding.PSS(padding.MGF1(hash_algorithm), salt), hash_algorithm)
        raise Refused(400, f"key type {self.kind} does not support signing")


def generate(kind):
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind in CURVES:
        return ec.generate_private_key(CURVES[kind][0]())
    if kind in ("rsa-2048", "rsa-3072", "rsa-4096"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("rsa-")))
    if kind == "aes256-gcm96":
        return os.urandom(32)
    raise Refused(400, f"unknown key type {kind}")


def associated_data(body):
    return base64.b64decode(body.get("associated_data", ""), validate=True)


def public(kind, key):
    if kind == "ed25519":
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return base64.b64encode(raw).decode()
    pem, spki = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(pem, spki).decode()


def seconds(text):
    text = str(text)
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}.get(text[-1])
    return int(text) if unit is None else int(text[:-1]) * unit
