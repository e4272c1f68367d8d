"""A bridge to Dify: what people say goes to an app of Dify, and its answer into the chat.

    DIFY_URL=https://api.dify.ai/v1 DIFY_KEY=app-… python3 dify.py

In a group it answers texts that mention the bot. Each person has a conversation of their own in
each chat; DIFY_CONVERSATIONS names the file that keeps them over a restart.
"""

import json
import os

from hongyan import reply, request, work

URL = os.environ.get("DIFY_URL", "https://api.dify.ai/v1")
KEY = os.environ["DIFY_KEY"]
FILE = os.environ.get("DIFY_CONVERSATIONS", "dify-conversations.json")


def load():
    try:
        with open(FILE, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def store(conversations):
    with open(FILE + "~", "w", encoding="utf-8") as file:
        json.dump(conversations, file)
    os.replace(FILE + "~", FILE)


conversations = load()


def handle(event):
    if event["chat"]["type"] == "group" and not event["fields"].get("at_me"):
        return
    user = f'{event["chat"]["id"]}/{event["sender"]["id"]}'
    answer = request(
        URL + "/chat-messages", "POST",
        {
            "inputs": {"name": event["sender"].get("name", ""), "chat": event["chat"].get("name", "")},
            "query": event["text"], "user": user, "response_mode": "blocking",
            "conversation_id": conversations.get(user, ""),
        },
        {"Authorization": "Bearer " + KEY},
    )
    if answer["conversation_id"] != conversations.get(user):
        conversations[user] = answer["conversation_id"]
        store(conversations)
    if answer["answer"].strip():
        sent = reply(event, answer["answer"])
        print(sent["id"], sent["state"], flush=True)


if __name__ == "__main__":
    work("dify", handle, lease=120)
