"""Tests of echo.py against a simulator whose clock the tests move:

    hongyan run -c bot.yaml --sim --begins 2026-01-05T10:00:00+08:00
    HONGYAN_SIM=http://127.0.0.1:… python3 -m unittest test_echo
"""

import unittest

import echo
from hongyan import call, reply
from simulator import advance, fault, idle, say, sent

GROUP = "10000000001@chatroom"


class Echo(unittest.TestCase):
    def setUp(self):
        self.consumer = self.id().rpartition(".")[2]  # a place of its own, that begins now
        idle()
        self.poll()

    def poll(self):
        return call("GET", f"/v1/events?kind=text&consumer={self.consumer}")

    def hear(self, text):
        """Has Alice say a text in the group, and returns it as an event."""
        self.message = say("alice", GROUP, text)
        idle()
        return self.poll()["events"][0]

    def test_it_echoes(self):
        echo.handle(self.hear("echo 你好"))
        self.assertEqual(sent(GROUP, self.message["seq"]), ["你好"])

    def test_it_is_silent_otherwise(self):
        echo.handle(self.hear("good morning"))
        idle()
        self.assertEqual(sent(GROUP, self.message["seq"], wait="0s"), [])

    def test_an_answer_that_is_lost_is_not_sent_again(self):
        event = self.hear("echo once")
        fault("/message/postText", "execute_then_drop")
        self.assertEqual(reply(event, "once")["state"], "unknown")
        self.assertEqual(reply(event, "once")["state"], "unknown")
        self.assertEqual(sent(GROUP, self.message["seq"]), ["once"])

    def test_an_event_without_an_ack_comes_again(self):
        first = self.hear("echo again")
        self.assertEqual(self.poll()["events"], [], "another worker may have it")
        advance("61s")
        second = self.poll()["events"][0]
        self.assertEqual(first["key"], second["key"])
        echo.handle(first)
        echo.handle(second)
        self.assertEqual(sent(GROUP, self.message["seq"]), ["again"])


if __name__ == "__main__":
    unittest.main()
