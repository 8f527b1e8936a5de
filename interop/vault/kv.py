"""The KV engine of the stand-in, version 2: documents in versions, by the documented rules."""

from transit import Refused


class Kv:
    kind = "kv"
    options = {"version": "2"}

    def __init__(self):
        self.documents = {}

    def answer(self, method, path, body, query):
        """The `data` of the answer, or none."""
        part, _, name = path.partition("/")
        if part == "data" and name:
            return self.data(method, name, body, query)
        if part == "metadata" and name and method == "DELETE":
            self.documents.pop(name, None)
            return None
        raise Refused(404, "1 error occurred:\n\t* unsupported path\n\n")

    def data(self, method, name, body, query):
        versions = self.documents.get(name, [])
        if method == "DELETE":
            if versions:
                versions[-1] = None
            return None
        if method == "GET":
            number = int(query.get("version", 0)) or len(versions)
            if not 0 < number <= len(versions):
                raise Refused(404)
            if versions[number - 1] is None:
                raise Refused(404, data={"data": None, "metadata": metadata(number, deleted="2026-01-01T00:00:00Z")})
            return {"data": versions[number - 1], "metadata": metadata(number)}
        written_over = body.get("options", {}).get("cas")
        if written_over is not None and written_over != len(versions):
            raise Refused(400, "check-and-set parameter did not match the current version")
        self.documents.setdefault(name, []).append(body["data"])
        return metadata(len(self.documents[name]))


class KvV1:
    """Version 1: every path is a document, also `data/NAME`, and a write is answered with nothing."""

    kind = "kv"
    options = None

    def __init__(self):
        self.documents = {}

    def answer(self, method, path, body, _query):
        if method == "GET":
            if path not in self.documents:
                raise Refused(404)
            return self.documents[path]
        if method == "DELETE":
            self.documents.pop(path, None)
        else:
            self.documents[path] = body
        return None


def metadata(version, deleted=""):
    return {"version": version, "created_time": "", "deletion_time": deleted, "destroyed": False}
