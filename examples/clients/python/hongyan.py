"""A client of the gateway. Python's standard library only.

    HONGYAN_GATEWAY=http://127.0.0.1:8090 HONGYAN_GATEWAY_TOKEN=… python3 echo.py
"""

import json
import os
import time
import traceback
import urllib.error
import urllib.request

GATEWAY = os.environ.get("HONGYAN_GATEWAY", "http://127.0.0.1:8090")
TOKEN = os.environ.get("HONGYAN_GATEWAY_TOKEN", "")


def ask(url, method="GET", body=None, headers=None, timeout=90):
    """Makes a request, and returns the answer, to be read and closed."""
    data = None if body is None else json.dumps(body).encode()
    r = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    if data is not None:
        r.add_header("Content-Type", "application/json")
    return urllib.request.urlopen(r, timeout=timeout)


def request(url, method="GET", body=None, headers=None):
    """Makes a request, and returns the JSON of the answer."""
    with ask(url, method, body, headers) as answer:
        return json.load(answer)


def call(method, path, body=None, **headers):
    """Makes a request of the gateway."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if TOKEN:
        headers["Authorization"] = "Bearer " + TOKEN
    return request(GATEWAY + path, method, body, headers)


def send(key, to, account, **message):
    """Sends a message, and returns what became of it. Only the first message of a key is sent: a
    repetition with another body is told apart by the gateway, and sends nothing."""
    body = {"to": to, "account": account, **message}
    try:
        return call("POST", "/v1/messages?wait=30", body, Idempotency_Key=key)
    except urllib.error.HTTPError as error:
        if error.code != 409:
            raise
        return {"id": key, "state": "sent before"}


def reply(event, text):
    """Answers an event, once, however often it is handed out."""
    return send("reply:" + event["key"], event["chat"]["id"], event["account"], text=text, **{"class": "answer"})


def work(consumer, handle, lease=60):
    """Handles texts until the program is stopped. What handle fails at is handed out again when the
    lease is over; other chats go on meanwhile."""
    while True:
        try:
            batch = call("GET", f"/v1/events?kind=text&consumer={consumer}&wait=30&limit=1&lease={lease}")
            for event in batch["events"]:
                if not event["self"]:
                    handle(event)
            if batch.get("lease"):
                call("POST", f"/v1/consumers/{consumer}/ack", {"cursor": batch["cursor"], "lease": batch["lease"]})
        except Exception:  # the gateway restarts, or what handle asks does not answer
            traceback.print_exc()
            time.sleep(1)
