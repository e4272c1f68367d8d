"""A bridge to Dify: what people say goes to an app of Dify, and its answer into the chat.

    DIFY_URL=https://api.dify.ai/v1 DIFY_KEY=app-… python3 dify.py

In a group it answers texts that mention the bot. Each person has a conversation of their own in
each chat; DIFY_CONVERSATIONS names the file that keeps them over a restart.
"""

import json
import os

from hongyan import ask, reply, work

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


def answer(events):
    """Reads the stream of an app, and returns what it answers, and its conversation. An agent sends
    parts first (agent_message), some then the whole (message); other apps send parts (message)."""
    parts, whole, conversation = "", "", ""
    for line in events:
        if not line.startswith(b"data:"):
            continue
        event = json.loads(line[len(b"data:"):])
        conversation = event.get("conversation_id") or conversation
        if event["event"] == "agent_message":
            parts += event["answer"]
        elif event["event"] == "message":
            whole += event["answer"]
        elif event["event"] == "message_replace":  # by the moderation of the app
            parts, whole = "", event["answer"]
        elif event["event"] == "error":
            raise RuntimeError(f'dify: {event.get("code")}: {event.get("message")}')
        elif event["event"] == "message_end":
            return whole or parts, conversation
    raise RuntimeError("dify: the answer has no end")


def handle(event):
    if event["chat"]["type"] == "group" and not event["fields"].get("at_me"):
        return
    user = f'{event["chat"]["id"]}/{event["sender"]["id"]}'
    # As a stream: agents have nothing else, and other answers of more than 100 seconds are cut off.
    with ask(
        URL + "/chat-messages", "POST",
        {
            "inputs": {"name": event["sender"].get("name", ""), "chat": event["chat"].get("name", "")},
            "query": event["text"], "user": user, "response_mode": "streaming",
            "conversation_id": conversations.get(user, ""),
        },
        {"Authorization": "Bearer " + KEY},
    ) as events:
        text, conversation = answer(events)
    if conversation != conversations.get(user):
        conversations[user] = conversation
        store(conversations)
    if text.strip():
        sent = reply(event, text)
        print(sent["id"], sent["state"], flush=True)


if __name__ == "__main__":
    work("dify", handle, lease=120)
