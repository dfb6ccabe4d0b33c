"""Trains the reference server and compares what it shows with what a gateway shows that relays it.

Arguments: host:port of the reference server, host:port of the gateway. One client of the reference's
library watches each. A first run is trained by the server alone. Then a JSON line is printed and a
worker is waited for, which takes part in a second run. At the end another JSON line is printed.
"""

import asyncio
import json
import sys

from juniper_cascor_client import CascorControlStream, CascorTrainingStream, JuniperCascorClient

ORIGIN = "http://localhost:8050"
PATIENCE = 120
CORNERS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
XOR = {
    "train_x": CORNERS * 6,
    "train_y": [[0.0], [1.0], [1.0], [0.0]] * 6,
    "val_x": CORNERS,
    "val_y": [[0.0], [1.0], [1.0], [0.0]],
}
NETWORK = {
    "input_size": 2,
    "output_size": 1,
    "candidate_pool_size": 2,
    "candidate_epochs": 60,
    "output_epochs": 30,
    "max_hidden_units": 2,
    "max_iterations": 2,
    "patience": 50,
    "correlation_threshold": 0.0001,
}


class Viewer:
    """One client: its whole messages in their order, pieces joined."""

    def __init__(self, address):
        self.stream = CascorTrainingStream("ws://" + address)
        self.shown = []
        self.numbers = []
        self.greetings = []
        self.pieces = []
        self.chunks = 0
        self.instance = None

    async def read(self):
        async for message in self.stream:
            kind = message["type"]
            if kind == "connection_established":
                self.instance = message["data"]["server_instance_id"]
            elif "seq" not in message:
                self.greetings.append(kind)
            else:
                self.numbers.append(message["seq"])
                self.take(message)

    def take(self, message):
        if message["type"] == "chunked_message":
            data = message["data"]
            self.pieces.append(data["payload"])
            self.chunks += 1
            if len(self.pieces) < data["total_chunks"]:
                return
            whole = json.loads("".join(self.pieces))
            self.pieces = []
        else:
            whole = {key: value for key, value in message.items() if key not in ("seq", "emitted_at_monotonic")}
        self.shown.append(whole)

    def ends(self):
        return sum(1 for message in self.shown if message["type"] == "event")


async def until(what, condition):
    try:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(what) from None


async def main(reference, gateway):
    with JuniperCascorClient("http://" + reference) as trainer, JuniperCascorClient("http://" + gateway) as status:
        rest = asyncio.to_thread

        def relayed():
            return status.get_training_status()["data"]["snapshot_seq"] > 0

        await until("the relay tells the trainer's state", relayed)
        await rest(trainer.create_network, **NETWORK)
        theirs, ours = viewers = [Viewer(reference), Viewer(gateway)]
        readers = []
        for viewer in viewers:
            await viewer.stream.connect()
            await viewer.stream.send_command("begin")
            readers.append(asyncio.create_task(viewer.read()))
        for viewer in viewers:
            await until("the greeting", lambda viewer=viewer: "initial_metrics" in viewer.greetings)
        control = CascorControlStream("ws://" + gateway, origin=ORIGIN)
        await control.connect()
        applied = await control.set_params({"candidate_epochs": 50, "epochs_max": 7}, timeout=10)
        await rest(trainer.start_training, inline_data=XOR)
        for viewer in viewers:
            await until("the run ends", lambda viewer=viewer: viewer.ends() >= 1)
        print(json.dumps({"first_run": sorted({message["type"] for message in theirs.shown})}), flush=True)
        await until("a worker comes", lambda: trainer.list_workers()["data"]["count"] == 1)
        again = await control.command("start")
        for viewer in viewers:
            await until("the second run ends", lambda viewer=viewer: viewer.ends() >= 2)
        refused = await control.command("resume")
        reset = await control.command("reset")
        await until("all is relayed", lambda: len(viewers[0].shown) <= len(viewers[1].shown))
        workers = await rest(trainer.list_workers)
        for viewer in viewers:
            await viewer.stream.disconnect()
        await control.disconnect()
        await asyncio.gather(*readers)
    print(
        json.dumps(
            {
                "same": theirs.shown == ours.shown,
                "first_difference": next(
                    ([a, b] for a, b in zip(theirs.shown, ours.shown, strict=False) if a != b), None
                ),
                "messages": [len(theirs.shown), len(ours.shown)],
                "types": sorted({message["type"] for message in theirs.shown}),
                "greetings": [theirs.greetings, ours.greetings],
                "gaps": [b - a for a, b in zip(ours.numbers, ours.numbers[1:], strict=False) if b != a + 1],
                "instances": theirs.instance != ours.instance,
                "applied": applied["data"]["result"]["applied"],
                "skipped": applied["data"]["result"]["skipped"],
                "start": again["data"]["status"],
                "resume": refused["data"].get("error"),
                "reset": reset["data"]["status"],
                "tasks_completed": workers["data"]["workers"][0]["tasks_completed"],
                "chunks": theirs.chunks,
            }
        )
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
