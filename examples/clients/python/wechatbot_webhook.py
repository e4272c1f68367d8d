"""The HTTP interface of wechatbot-webhook in front of the gateway, for programs that were written for it.

    RECVD_MSG_API=http://127.0.0.1:5000/in python3 wechatbot_webhook.py        # listens on 127.0.0.1:3001

POST /webhook/msg and /webhook/msg/v2 send texts, and files by their URLs. What is said goes to RECVD_MSG_API
as a form; {"success": true, "data": {"type": "text", "content": …}} is its answer into the chat.
"""

import json
import os
import threading
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hongyan import call, send, work

RECEIVER = os.environ.get("RECVD_MSG_API", "")
PORT = int(os.environ.get("PORT", "3001"))
LARGEST = 1 << 20


def parts(data):
    """The messages of one or several {"type": …, "content": …}, in the words of the gateway."""
    for one in data if isinstance(data, list) else [data]:
        content = str(one.get("content", ""))
        if one.get("type", "text") == "text":
            yield {"text": content}
        elif one["type"] == "fileUrl":
            yield from ({"file": {"url": url.strip()}} for url in content.split(","))
        else:
            raise ValueError(f'type {one["type"]!r}: text and fileUrl are known')


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        try:
            if self.path.split("?")[0] not in ("/webhook/msg", "/webhook/msg/v2"):
                return self.answer(404, False, "there is no such path")
            if self.headers.get_content_type() != "application/json":  # a page of a browser cannot send that unasked
                return self.answer(415, False, "send JSON")
            length = int(self.headers.get("Content-Length", 0))
            if length > LARGEST:
                return self.answer(413, False, "it is too large")
            body = json.loads(self.rfile.read(length))
            for message in list(parts(body.get("data", body))):
                call("POST", "/v1/messages", {"to": body["to"], **message}, Idempotency_Key=str(uuid.uuid4()))
            self.answer(200, True, "Message sent successfully")
        except urllib.error.HTTPError as error:
            self.answer(error.code, False, json.load(error).get("detail", ""))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.answer(400, False, str(error))

    def answer(self, status, success, message):
        text = json.dumps({"success": success, "message": message}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Texts of messages stay out of the log."""


def form(fields):
    """A multipart form, and its content type."""
    boundary = uuid.uuid4().hex
    text = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    return (text + f"--{boundary}--\r\n").encode(), "multipart/form-data; boundary=" + boundary


def handle(event):
    group = event["chat"]["type"] == "group"
    person = {"id": event["sender"]["id"], "payload": {"name": event["sender"].get("name", "")}}
    room = {"id": event["chat"]["id"], "payload": {"topic": event["chat"].get("name", "")}} if group else ""
    data, kind = form({
        "type": "text", "content": event["text"], "source": json.dumps({"from": person, "room": room, "to": ""}),
        "isMentioned": "1" if event["fields"].get("at_me") else "0", "isMsgFromSelf": "0", "isSystemEvent": "0",
    })
    request = urllib.request.Request(RECEIVER, data=data, headers={"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=60) as response:
        text = response.read()
    try:
        answer = json.loads(text)
    except ValueError:
        return  # it says nothing
    if isinstance(answer, dict) and answer.get("success") and answer.get("data"):
        for n, message in enumerate(parts(answer["data"])):
            send(f'answer:{event["key"]}:{n}', event["chat"]["id"], event["account"], **message, **{"class": "answer"})


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    if RECEIVER:
        threading.Thread(target=work, args=("wechatbot-webhook", handle), daemon=True).start()
    server.serve_forever()
