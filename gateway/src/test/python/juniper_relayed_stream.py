"""Broadcasts through the reference's own training stream, and compares what a gateway makes of it.

Arguments: host:port of the reference's stream (reference_stream.py), host:port of a gateway. A client
of the reference's library watches each. Half-way a JSON line is printed, and a line awaited: the
time to kill the node that holds the relay. At the end another JSON line is printed.
"""

import asyncio
import json
import sys
import time

import requests
from juniper_two_viewers import Viewer, until

MESSAGES = 300


def message(number):
    if number % 50 == 7:
        # Cut by the reference and by the gateway, each in its own way.
        data = {"input_size": 2, "note": "\u00fc\u4e2d" * 40_000, "number": number}
        return {"type": "topology", "timestamp": time.time(), "data": data}
    data = {"epoch": number, "loss": 1 / (number + 1), "accuracy": None, "phase": "output"}
    return {"type": "metrics", "timestamp": time.time(), "data": data}


async def main(reference, gateway):
    theirs, ours = viewers = [Viewer(reference), Viewer(gateway)]
    readers = []
    for viewer in viewers:
        await viewer.stream.connect()
        await viewer.stream.send_command("begin")
        readers.append(asyncio.create_task(viewer.read()))
    session = requests.Session()

    def publish(number):
        session.post(f"http://{reference}/publish", json=message(number), timeout=30).raise_for_status()

    # Until the relay listens the gateway sees nothing; what it misses then is no gap.
    begun = 0
    while not ours.shown:
        begun += 1
        assert begun < 300, "the relay never came"
        await asyncio.to_thread(publish, 0)
        await asyncio.sleep(0.2)
    await until("the begin is seen", lambda: len(theirs.shown) == begun)
    for number in range(1, MESSAGES):
        if number == MESSAGES // 2:
            print(json.dumps({"half": number}), flush=True)
            await asyncio.to_thread(sys.stdin.readline)
        await asyncio.to_thread(publish, number)
    await until("all is seen", lambda: len(theirs.shown) == begun + MESSAGES - 1)
    try:
        await until("all is relayed", lambda: ours.shown[-1] == theirs.shown[-1])
    except AssertionError:
        print("the gateway's client saw last " + str(ours.shown[-1])[:200], flush=True)
    for viewer in viewers:
        await viewer.stream.disconnect()
    await asyncio.gather(*readers)
    expected = theirs.shown[-len(ours.shown) :]
    different = [(str(a)[:80], str(b)[:80]) for a, b in zip(expected, ours.shown, strict=True) if a != b]
    print(
        json.dumps(
            {
                "same": ours.shown == expected and len(ours.shown) >= MESSAGES,
                "different": different[:3],
                "shown": [len(theirs.shown), len(ours.shown)],
                "gaps": [[a, b] for a, b in zip(ours.numbers, ours.numbers[1:], strict=False) if b != a + 1],
                "chunks": [theirs.chunks, ours.chunks],
            }
        )
    )


asyncio.run(main(*sys.argv[1:]))
