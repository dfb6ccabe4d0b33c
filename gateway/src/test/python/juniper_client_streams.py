"""The reference's own client library at a node: training stream, control stream, REST status.

Arguments: base URL for WebSockets, for HTTP, the key. Prints a JSON line when all is done but the
end of the node, then waits for that and prints another.
"""

import asyncio
import json
import logging
import sys

import websockets
from juniper_cascor_client import (
    CascorControlStream,
    CascorTrainingStream,
    JuniperCascorClient,
    JuniperCascorConnectionError,
)

ORIGIN = "http://localhost:8050"
PATIENCE = 60


class Warnings(logging.Handler):
    """What the library complains about."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


class Watcher:
    """A training stream that is read all the time."""

    def __init__(self, url, key):
        self.stream = CascorTrainingStream(url, api_key=key)
        self.types = []
        self.numbers = []
        self.called = {}
        self.complete = asyncio.Event()
        self.lost = None
        for kind in ("metrics", "state", "topology", "cascade_add", "event", "candidate_progress"):
            getattr(self.stream, "on_" + kind)(lambda data, kind=kind: self.call(kind, data))
        self.stream.on_disconnect(self.disconnected)

    def call(self, kind, data):
        self.called[kind] = self.called.get(kind, 0) + 1
        if kind == "event" and data.get("event") == "training_complete":
            self.complete.set()

    def disconnected(self, closed):
        self.lost = closed.rcvd.code if closed.rcvd else None

    async def read(self):
        async for message in self.stream:
            self.types.append(message["type"])
            if "seq" in message:
                self.numbers.append(message["seq"])


async def refused(stream):
    try:
        await stream.connect()
    except JuniperCascorConnectionError as error:
        return str(error)
    await stream.disconnect()
    raise AssertionError("it was let in")


async def until(condition):
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.05)


async def drive(control):
    """Every command, and what came of it."""

    def short(answer):
        data = answer["data"]
        return data.get("error") or data["status"]

    seen = {}
    params = {"candidate_pool_size": 1, "max_hidden_units": 1}
    answer = await control.set_params(params, timeout=PATIENCE, command_id="mine")
    assert answer["data"]["command_id"] == "mine", answer
    seen["applied"] = sorted(answer["data"]["result"]["applied"])
    answer = await control.set_params({"learning_rate": 99}, timeout=PATIENCE)
    seen["set_params"] = answer["data"]["code"]
    for command in ("pause", "frobnicate", "start"):
        seen[command] = short(await control.command(command))
    return seen


async def main(url, http, key):
    warnings = Warnings()
    logging.getLogger("juniper_cascor_client").addHandler(warnings)
    report = {
        "no_key": await refused(CascorTrainingStream(url)),
        "wrong_key": await refused(CascorControlStream(url, api_key="wrong", origin=ORIGIN)),
        "no_origin": await refused(CascorControlStream(url, api_key=key)),
    }
    watcher = Watcher(url, key)
    await watcher.stream.connect()
    # Nothing that a training stream sends is a command; the first frame ends the wait for a resume.
    await watcher.stream.send_command("start")
    reading = asyncio.create_task(watcher.read())
    await until(lambda: "initial_metrics" in watcher.types)
    control = CascorControlStream(url, api_key=key, origin=ORIGIN)
    await control.connect()
    report["commands"] = await drive(control)
    async with asyncio.timeout(PATIENCE):
        await watcher.complete.wait()
    for command in ("stop", "reset"):
        report["commands"][command] = (await control.command(command))["data"]["status"]
    await asyncio.sleep(1.1)  # its allowance of commands fills up again
    burst = await asyncio.gather(*(control.command("stop") for _ in range(15)))
    report["burst"] = sorted({answer["data"].get("code") or answer["data"]["status"] for answer in burst})
    await until(lambda: watcher.stream.pongs_sent and control.pongs_sent)
    report["alive"] = [watcher.stream.is_connected, watcher.stream.is_alive(), control.is_alive()]
    with JuniperCascorClient(http, api_key=key) as client:
        status = await asyncio.to_thread(client.get_training_status)
    report["snapshot_seq"] = status["data"]["snapshot_seq"]
    report["order"] = watcher.types[:4]
    report["numbers"] = watcher.numbers
    report["called"] = dict(sorted(watcher.called.items()))
    report["warnings"] = warnings.messages
    print(json.dumps(report), flush=True)

    async with asyncio.timeout(PATIENCE):
        await reading
    try:
        await control.command("stop")
        after = "answered"
    except (JuniperCascorConnectionError, websockets.ConnectionClosed) as error:
        after = type(error).__name__
    print(json.dumps({"code": watcher.lost, "alive": watcher.stream.is_connected, "control": after}), flush=True)


asyncio.run(main(*sys.argv[1:]))
