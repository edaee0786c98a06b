"""Starts the web process, or with an argument the `worker`, or does one thing: `prepare`, `openapi`."""

import json
import os
import sys


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_stream.server.settings")
    match arguments:
        case []:
            from interview_stream.server.web import serve

            return serve()
        case ["worker"]:
            from interview_stream.server.worker import work

            return work()
        case ["prepare"]:
            from interview_stream.server.setup import prepare

            return prepare()
        case ["openapi"]:
            sys.stdout.write(openapi_document())
            return 0
        case _:
            sys.stderr.write("usage: python -m interview_stream.server [worker | prepare | openapi]\n")
            return 2


def openapi_document() -> str:
    import django

    django.setup()
    from interview_stream.server.api import api

    return json.dumps(api.get_openapi_schema(path_prefix="/api/"), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
