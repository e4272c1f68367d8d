"""Answers texts that begin with "echo ", over the gateway. Python's standard library only.

    HONGYAN_GATEWAY=http://127.0.0.1:8090 HONGYAN_GATEWAY_TOKEN=… python3 echo.py
"""

import json
import os
import urllib.request

GATEWAY = os.environ.get("HONGYAN_GATEWAY", "http://127.0.0.1:8090")
TOKEN = os.environ.get("HONGYAN_GATEWAY_TOKEN", "")


def call(method, path, body=None, **headers):
    """Makes a request, and returns the JSON of the answer."""
    request = urllib.request.Request(GATEWAY + path, method=method)
    if TOKEN:
        request.add_header("Authorization", "Bearer " + TOKEN)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=90) as answer:
        return json.load(answer)


def handle(event):
    """Answers an event. It may be handed out again: the key keeps it from being answered twice."""
    command, _, rest = event["text"].partition(" ")
    if event["self"] or command != "echo" or not rest:
        return
    sent = call(
        "POST", "/v1/messages?wait=30",
        {"to": event["chat"]["id"], "account": event["account"], "text": rest, "class": "answer"},
        Idempotency_Key="echo:" + event["key"],
    )
    print(sent["id"], sent["state"], flush=True)


def main():
    while True:
        batch = call("GET", "/v1/events?kind=text&consumer=echo-py&wait=30")
        for event in batch["events"]:
            handle(event)
        if batch.get("lease"):
            call("POST", "/v1/consumers/echo-py/ack", {"cursor": batch["cursor"], "lease": batch["lease"]})


if __name__ == "__main__":
    main()
