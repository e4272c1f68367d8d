"""The control API of the simulator, for tests. Python's standard library only."""

import os
import urllib.parse

from hongyan import request

SIM = os.environ.get("HONGYAN_SIM", "http://127.0.0.1:8900")


def say(sender, to, text, **more):
    """Lets a virtual person say a text, to a group or to the account. It returns the message."""
    return request(SIM + "/sim/messages", "POST", {"from": sender, "to": to, "kind": "text", "text": text, **more})


def sent(chat, after, wait="20s"):
    """The messages of the bot in a chat after the seq of another one; it waits for the first."""
    query = urllib.parse.urlencode({"conversation": chat, "after": after, "wait": wait})
    messages = request(f"{SIM}/sim/messages?{query}")["messages"]
    return [m["text"] for m in messages if m.get("endpoint")]


def fault(endpoint, kind, **more):
    """Lets calls of the service fail: docs/en/simulator.md lists the kinds."""
    request(SIM + "/sim/faults", "POST", {"endpoint": endpoint, "fault": kind, **more})


def advance(time):
    """Moves the clock, such as by "61s". What is due until then happens before this returns."""
    return request(SIM + "/sim/clock", "POST", {"advance": time})["now"]


def idle():
    """Waits until nothing runs."""
    request(SIM + "/sim/clock", "POST", {})
