"""What a test sets over HTTP: nodes, and calls that fail."""

import json
import re

from calendars import CALENDARS
from nodes import NODES

FAULTS = {}  # by X-Amz-Target, e.g. AmazonSSM.SendCommand
SETTINGS = {"nodes": NODES, "faults": FAULTS, "calendars": CALENDARS}


def without_nulls(value):
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return [without_nulls(v) for v in value] if isinstance(value, list) else value


def body_of(environ):
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def controlled(application):
    """Serves /mototest/, answers calls that are set to fail, and hands everything else to moto."""
    path = re.compile("/mototest/(nodes|faults|calendars)/([^/]+)")

    def serve(environ, start_response):
        setting = path.fullmatch(environ["PATH_INFO"])
        if setting and environ["REQUEST_METHOD"] == "PUT":
            SETTINGS[setting[1]][setting[2]] = without_nulls(json.loads(body_of(environ)))
            start_response("204 No Content", [])
            return []
        fault = FAULTS.get(environ.get("HTTP_X_AMZ_TARGET"), {})
        if not fault.get("Code"):
            return application(environ, start_response)
        body_of(environ)
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", "mototest")]
        start_response("400 Bad Request", headers)
        return [json.dumps({"__type": fault["Code"], "message": fault["Message"]}).encode()]

    return serve
