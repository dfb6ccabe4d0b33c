"""Looks at everything that /ws/training and /ws/control send, with the protocol's own check.

Arguments: base URLs for WebSockets and for HTTP. The node's heartbeats must be short, so that a
ping comes. Prints one JSON object: how often each type came, and what the check made of it.
"""

import json
import sys
import urllib.request
from collections import Counter

from juniper_cascor_protocol.envelope import KNOWN_ENVELOPES, UnknownEnvelope, validate_envelope
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

# The protocol's package has no model for these, though the reference server sends them too.
WITHOUT_MODEL = {"initial_status", "resume_ok", "resume_failed", "ping"}
STATE = {
    "status": "Started",
    "phase": "Candidate",
    "learning_rate": 0.01,
    "current_epoch": 4,
    "all_correlations": [0.1, 0.4],
}
PUBLISHED = [
    {"type": "metrics", "data": {"epoch": 1, "loss": 0.5, "accuracy": None, "phase": "output", "kind": "training_step"}},
    {"type": "state", "data": STATE},
    {"type": "candidate_progress", "data": {"candidate_id": 2, "epoch": 50, "total_epochs": 200, "correlation": 0.4}},
    {"type": "cascade_add", "data": {"hidden_unit_index": 0, "correlation": 0.4, "total_hidden_units": 1}},
    {"type": "topology", "data": {"input_size": 2, "output_size": 1, "hidden_units": [], "output_weights": [[0.5]], "output_bias": [0.0]}},
    {"type": "topology", "data": {"input_size": 2, "note": "\u00e9" * 70_000}},
    {"type": "event", "data": {"event": "training_complete"}},
]


class Checked:
    """A socket of which each frame is checked."""

    def __init__(self, url, counts, **options):
        self.connection = connect(url, **options)
        self.counts = counts

    def __enter__(self):
        self.socket = self.connection.__enter__()
        return self

    def __exit__(self, *given):
        return self.connection.__exit__(*given)

    def send(self, frame):
        self.socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    def frame(self):
        text = self.socket.recv(timeout=30)
        assert isinstance(text, str), text
        frame = json.loads(text)
        envelope = validate_envelope(frame)
        kind = frame["type"]
        if kind in WITHOUT_MODEL:
            assert isinstance(envelope, UnknownEnvelope), frame
        else:
            assert isinstance(envelope, KNOWN_ENVELOPES[kind]), (frame, envelope)
            assert envelope.timestamp > 1.7e9, frame
            assert envelope.seq == frame.get("seq"), frame
        assert envelope.type == kind, (frame, envelope)
        self.counts[kind] += 1
        return frame

    def until(self, kind):
        frame = self.frame()
        while frame["type"] != kind:
            frame = self.frame()
        return frame


def publish(http, frame):
    request = urllib.request.Request(
        http + "/v1/channels/training/frames",
        data=json.dumps(frame).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200, answer.status


def broadcast(socket):
    """The next whole message with its last number."""
    frame = socket.frame()
    while frame["type"] == "ping":
        socket.send({"type": "pong"})
        frame = socket.frame()
    if frame["type"] != "chunked_message":
        return frame, frame["seq"]
    parts = [frame["data"]]
    while len(parts) < parts[0]["total_chunks"]:
        frame = socket.frame()
        parts.append(frame["data"])
    assert [p["chunk_index"] for p in parts] == list(range(len(parts))), parts
    assert len({p["chunk_id"] for p in parts}) == 1
    return json.loads("".join(p["payload"] for p in parts)), frame["seq"]


def training(url, http, counts):
    with Checked(url + "/ws/training", counts) as socket:
        greeting = socket.frame()
        assert greeting["type"] == "connection_established", greeting
        socket.send({"type": "pong"})
        assert [socket.frame()["type"] for _ in range(3)] == ["initial_status", "state", "initial_metrics"]
        numbers = []
        for frame in PUBLISHED:
            publish(http, frame)
            seen, number = broadcast(socket)
            assert (seen["type"], seen["data"]) == (frame["type"], frame["data"]), seen
            numbers.append(number)
        assert numbers == sorted(numbers), numbers
        socket.send({"type": "subscribe_metrics", "data": {"max_count": 25}})
        socket.until("initial_metrics")
        socket.until("ping")
    instance = greeting["data"]["server_instance_id"]

    def resume(data):
        with Checked(url + "/ws/training", counts) as again:
            again.until("connection_established")
            again.send({"type": "resume", "data": data})
            answer = again.frame()
            if answer["type"] == "resume_failed":
                again.until("initial_metrics")
                return answer["data"]["reason"]
            return [again.frame()["seq"] for _ in range(answer["data"]["replayed_count"])]

    first, last = numbers[0], numbers[-1]
    assert resume({"last_seq": first, "server_instance_id": instance}) == list(range(first + 1, last + 1))
    assert resume({"server_instance_id": instance}) == "malformed_resume"
    assert resume({"last_seq": first, "server_instance_id": "another"}) == "server_restarted"


def control(url, counts):
    def answer(socket, **command):
        socket.send(command)
        frame = socket.until("command_response")
        assert frame["data"].get("command_id") == command.get("command_id"), frame
        return frame["data"]

    origin = {"origin": "http://localhost:8050"}
    with Checked(url + "/ws/control", counts, **origin) as socket:
        assert socket.frame()["type"] == "connection_established"
        done = answer(socket, command="set_params", command_id="a", params={"max_hidden_units": 1, "no": 1})
        assert done["status"] == "success", done
        assert "max_hidden_units" in done["result"]["applied"], done
        assert answer(socket, command="set_params", command_id="b", params={"learning_rate": 11})["code"] == "invalid_params"
        assert answer(socket, command="frobnicate", command_id="c")["code"] == "unknown_command"
        assert answer(socket, command="resume", command_id="d")["error"] == "Command execution failed"
        assert answer(socket, command=7)["code"] == "invalid_message"
        socket.send("[]")
        assert socket.until("command_response")["data"]["code"] == "invalid_message"
        socket.send(json.dumps({"command": "stop", "pad": "x" * 70_000}))
        assert socket.until("command_response")["data"]["error"] == "Message too large"
        socket.until("ping")
        socket.send({"type": "pong"})
        for number in range(15):
            socket.send({"command": "stop", "command_id": str(number)})
        burst = [socket.until("command_response") for _ in range(15)]
        limited = [frame for frame in burst if frame.get("status") == "rate_limited"]
        assert 1 <= len(limited) <= 5, burst
        assert {frame["data"]["command_id"] for frame in burst} == {str(n) for n in range(15)}
        socket.send("no json")
        try:
            while True:
                socket.frame()
        except ConnectionClosed as closed:
            assert closed.rcvd.code == 1003, closed
            assert closed.rcvd.reason == "Malformed JSON", closed


def main(url, http):
    seen = {"training": Counter(), "control": Counter()}
    training(url, http, seen["training"])
    control(url, seen["control"])
    print(json.dumps({channel: dict(sorted(counts.items())) for channel, counts in seen.items()}))


main(*sys.argv[1:])
