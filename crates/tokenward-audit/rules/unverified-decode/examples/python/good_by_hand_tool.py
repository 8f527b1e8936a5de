import argparse, base64, json, sys

parser = argparse.ArgumentParser(description="Shows a JWT.")
parser.add_argument("token")
token = parser.parse_args().token
json.dump(json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "==")), sys.stdout)
