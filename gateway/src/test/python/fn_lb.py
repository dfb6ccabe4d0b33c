"""A foreign Fn load balancer: grpcio with stubs generated from the wire contract.

Usage: fn_lb.py PROTO_FOLDER HOST:PORT SCENARIO [ARG...]
Prints one JSON document. It behaves as Fn's own load balancer does: one TryCall, body frames of at most
10,240 bytes, an empty frame with eof, no half-close; after a successful finish it reads to the end of
the stream, after a failed one it cancels.
"""

import hashlib
import json
import os
import queue
import sys
import tempfile
import threading
import time

import grpc
from grpc_tools import protoc

FRAME = 10240


def load_stubs(protos):
    out = tempfile.mkdtemp(prefix="fn-stubs-")
    include = os.path.join(os.path.dirname(protoc.__file__), "_proto")
    code = protoc.main(
        ["protoc", "-I" + protos, "-I" + include, "--python_out=" + out, "--grpc_python_out=" + out, "runner.proto"]
    )
    if code != 0:
        raise SystemExit("protoc failed with %d" % code)
    sys.path.insert(0, out)
    import runner_pb2
    import runner_pb2_grpc

    return runner_pb2, runner_pb2_grpc


def call_json(fn_id, timeout=30, kind="sync", headers=None):
    return json.dumps(
        {
            "id": "01HZX3T7Q4NG8G00GZJ0000042",
            "status": "running",
            "image": "registry.example/acme/job:1",
            "type": kind,
            "url": "http://gw.example/invoke/" + fn_id,
            "method": "POST",
            "timeout": timeout,
            "idle_timeout": 60,
            "memory": 128,
            "cpus": "100m",
            "headers": headers or {"Content-Type": ["application/octet-stream"]},
            "created_at": "2026-01-15T10:20:30.123Z",
            "started_at": "0001-01-01T00:00:00.000Z",
            "completed_at": "0001-01-01T00:00:00.000Z",
            "app_id": "01HZX3R9K2NG8G00GZJ0000003",
            "app_name": "media",
            "trigger_id": "",
            "fn_id": fn_id,
        }
    )


def engage(pb, stub, fn_id, body, **meta):
    """One call as Fn's load balancer makes it; the dictionary says all that came back."""
    outgoing = queue.Queue()
    outgoing.put(getattr(pb, "ClientMsg")(**{"try": pb.TryCall(models_call_json=call_json(fn_id, **meta))}))
    for at in range(0, len(body), FRAME):
        outgoing.put(pb.ClientMsg(data=pb.DataFrame(data=body[at : at + FRAME])))
    outgoing.put(pb.ClientMsg(data=pb.DataFrame(eof=True)))
    over = threading.Event()

    def requests():
        while True:
            try:
                yield outgoing.get(timeout=0.05)
            except queue.Empty:
                if over.is_set():
                    return

    answer = {"statuses": [], "headers": [], "largest_frame": 0, "eofs": 0}
    digest = hashlib.sha256()
    received = bytearray()
    call = stub.Engage(requests(), timeout=60)
    try:
        for message in call:
            kind = message.WhichOneof("body")
            if kind == "result_start":
                answer["statuses"].append(message.result_start.http.status_code)
                answer["headers"] += [[h.key, h.value] for h in message.result_start.http.headers]
            elif kind == "data":
                digest.update(message.data.data)
                received += message.data.data
                answer["largest_frame"] = max(answer["largest_frame"], len(message.data.data))
                answer["eofs"] += int(message.data.eof)
            elif kind == "finished":
                f = message.finished
                answer["finished"] = {
                    "success": f.success,
                    "errorCode": f.errorCode,
                    "errorStr": f.errorStr,
                    "errorUser": f.errorUser,
                    "details": f.details,
                    "createdAt": f.createdAt,
                    "startedAt": f.startedAt,
                    "completedAt": f.completedAt,
                }
                if not f.success:
                    call.cancel()
                    break
        if answer.get("finished", {}).get("success"):
            answer["grpc_status"] = call.code().value[0]
    except grpc.RpcError as error:
        answer["grpc_status"] = error.code().value[0]
        answer["grpc_message"] = error.details()
    over.set()
    answer["sha256"] = digest.hexdigest()
    answer["bytes"] = len(received)
    return answer, bytes(received)


def main():
    protos, target, scenario, *args = sys.argv[1:]
    pb, pb_grpc = load_stubs(protos)
    with grpc.insecure_channel(target) as channel:
        stub = pb_grpc.RunnerProtocolStub(channel)
        if scenario == "echo":
            body = os.urandom(int(args[1]))
            answer, _ = engage(pb, stub, args[0], body)
            answer["sent_sha256"] = hashlib.sha256(body).hexdigest()
        elif scenario == "file":
            with open(args[1], "rb") as source:
                answer, body = engage(pb, stub, args[0], source.read(), headers={"Content-Type": [args[3]]})
            with open(args[2], "wb") as sink:
                sink.write(body)
        elif scenario == "many":
            done = [engage(pb, stub, args[0], os.urandom(1024))[0] for _ in range(int(args[1]))]
            answer = {"calls": len(done), "ok": sum(1 for a in done if a.get("finished", {}).get("success"))}
        elif scenario == "slow":
            # The function's time-out passes while it sleeps.
            answer, _ = engage(
                pb, stub, args[0], b"x", timeout=1, headers={"X-Sleep-Ms": [args[1]]}
            )
        elif scenario == "cancel":
            outgoing = queue.Queue()
            outgoing.put(getattr(pb, "ClientMsg")(**{"try": pb.TryCall(models_call_json=call_json(args[0]))}))
            call = stub.Engage(iter(outgoing.get, None))
            outgoing.put(pb.ClientMsg(data=pb.DataFrame(data=b"first")))
            first = next(call)
            call.cancel()
            outgoing.put(None)
            deadline = time.monotonic() + 20
            active = 1
            while active and time.monotonic() < deadline:
                active = stub.Status(__import__("google.protobuf.empty_pb2", fromlist=["Empty"]).Empty()).active
            answer = {"first": first.WhichOneof("body"), "active": active}
        elif scenario == "status":
            from google.protobuf import empty_pb2

            status = stub.Status(empty_pb2.Empty())
            answer = {
                "active": status.active,
                "received": status.requestsReceived,
                "handled": status.requestsHandled,
                "failed": status.failed,
            }
        else:
            raise SystemExit("unknown scenario " + scenario)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
