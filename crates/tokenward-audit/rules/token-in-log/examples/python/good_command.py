import argparse

import jwt


def show(arguments):
    token = jwt.encode({"sub": arguments.user, "exp": end()}, KEY, algorithm="HS256")
    print(token)


parser = argparse.ArgumentParser()
