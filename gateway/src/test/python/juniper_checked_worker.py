"""A worker that checks every frame it gets with the protocol's own package, and does one task.

Arguments: URL of the endpoint. Prints one JSON object.
"""

import json
import sys

import numpy as np
from juniper_cascor_protocol import BinaryFrame, WorkerMessageType
from websockets.sync.client import connect

TYPES = {t.value for t in WorkerMessageType}


def main(url):
    seen = []

    def text(socket):
        frame = json.loads(socket.recv(timeout=60))
        assert isinstance(frame, dict), frame
        assert frame["type"] in TYPES, frame
        seen.append(frame["type"])
        return frame

    with connect(url) as socket:
        text(socket)
        socket.send(json.dumps({"type": "register", "worker_id": "checked", "capabilities": {"os": "Linux"}}))
        registered = text(socket)
        task = text(socket)
        tensors = {}
        for name, entry in task["tensor_manifest"].items():
            array = BinaryFrame.decode(socket.recv(timeout=60))
            assert list(array.shape) == entry["shape"], (name, array.shape)
            assert str(array.dtype) == entry["dtype"], (name, array.dtype)
            tensors[name] = array
        socket.send(json.dumps({"type": "heartbeat", "in_flight_tasks": 1}))
        text(socket)
        weights = tensors["candidate_input"].mean(axis=0).astype(np.float32)
        result = {
            "type": "task_result",
            "task_id": task["task_id"],
            "candidate_id": task["candidate_index"],
            "correlation": 0.5,
            "success": True,
            "epochs_completed": 1,
            "numerator": float("nan"),
            "tensor_manifest": {"weights": {"shape": list(weights.shape), "dtype": "float32"}},
        }
        socket.send(json.dumps(result))
        socket.send(BinaryFrame.encode(weights))
        ack = text(socket)
        socket.send("no json")
        error = text(socket)
    print(
        json.dumps(
            {
                "seen": seen,
                "worker_id": registered["worker_id"],
                "status": ack["status"],
                "error": error["error"],
                "tensors": {name: [str(a.dtype), list(a.shape)] for name, a in tensors.items()},
            }
        )
    )


main(sys.argv[1])
