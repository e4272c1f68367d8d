"""Answers texts that begin with "echo "."""

from hongyan import reply, work


def handle(event):
    command, _, rest = event["text"].partition(" ")
    if command == "echo" and rest:
        sent = reply(event, rest)
        print(sent["id"], sent["state"], flush=True)


if __name__ == "__main__":
    work("echo-py", handle)
