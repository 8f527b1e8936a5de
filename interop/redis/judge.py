#!/usr/bin/env python3
"""Judges tokens by check.py: each line on standard input is JSON of `claims` and `kid`; see README.md."""

import json
import sys

import redis
from check import revoked

client = redis.Redis.from_url(sys.argv[1], decode_responses=True)
for line in sys.stdin:
    token = json.loads(line)
    try:
        verdict = "revoked" if revoked(client, "prod", token["claims"], token["kid"]) else "good"
    except RuntimeError as error:
        verdict = f"refused: {error}"
    print(verdict, flush=True)
