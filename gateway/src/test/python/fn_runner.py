"""A foreign Fn runner: grpcio with stubs generated from the wire contract.

Usage: fn_runner.py PROTO_FOLDER HABIT...
Listens on one free port per habit and prints "READY PORT..." in their order; ends when its input ends.
Habits: echo (answers with the body, after its eof), busy (says 503 to every TryCall), strict (echo, and
fails what Fn's own runner would fail: no TryCall first, a half-close before eof, a frame over 10,240
bytes, an eof frame with data, timeout or idle_timeout of 0, cpus that is no string).
"""

import json
import sys
from concurrent import futures

import grpc

from fn_lb import FRAME, load_stubs


def servicer(pb, stubs, habit):
    class Runner(stubs.RunnerProtocolServicer):
        def __init__(self):
            self.received = 0
            self.active = 0

        def Engage(self, requests, context):
            self.received += 1
            self.active += 1
            try:
                yield from self.engage(requests, context)
            finally:
                self.active -= 1

        def engage(self, requests, context):
            first = next(requests, None)
            if first is None or first.WhichOneof("body") != "try":
                context.abort(grpc.StatusCode.UNKNOWN, "Protocol failure: expected ClientMsg_Try")
            call = json.loads(getattr(first, "try").models_call_json)
            if habit == "busy":
                yield finished(call, False, 503, "Timed out - server too busy")
                return
            if habit == "strict":
                fault = self.fault(call)
                if fault:
                    yield finished(call, False, 400, fault)
                    return
            body, fault = self.body(requests)
            if fault:
                yield finished(call, False, 400, fault)
                return
            headers = [pb.HttpHeader(key="Content-Type", value="application/octet-stream")]
            for key, value in context.invocation_metadata():
                if key in ("fn_request_id", "grpc-trace-bin"):
                    shown = value if isinstance(value, str) else value.hex()
                    headers.append(pb.HttpHeader(key="X-Meta-" + key.replace("_", "-"), value=shown))
            headers.append(pb.HttpHeader(key="X-Call-Type", value=call["type"]))
            start = pb.CallResultStart(http=pb.HttpRespMeta(status_code=200, headers=headers))
            yield pb.RunnerMsg(result_start=start)
            for at in range(0, len(body), FRAME):
                yield pb.RunnerMsg(data=pb.DataFrame(data=body[at : at + FRAME], eof=False))
            yield finished(call, True, 0, "")

        def fault(self, call):
            for name in ("timeout", "idle_timeout"):
                if not isinstance(call.get(name), int) or call[name] <= 0:
                    return name + " " + repr(call.get(name))
            if "cpus" in call and not isinstance(call["cpus"], str):
                return "cpus " + repr(call["cpus"])
            for name in ("id", "status", "created_at", "started_at", "completed_at", "app_id", "fn_id"):
                if not isinstance(call.get(name), str):
                    return name + " " + repr(call.get(name))
            return None

        def body(self, requests):
            parts = []
            for message in requests:
                if message.WhichOneof("body") != "data":
                    return b"", "expected ClientMsg_Data"
                if len(message.data.data) > FRAME:
                    return b"", "a frame of %d bytes" % len(message.data.data)
                if message.data.eof and message.data.data:
                    return b"", "an eof frame with data"
                parts.append(message.data.data)
                if message.data.eof:
                    return b"".join(parts), None
            return b"", "half-close before eof"

        def Status(self, request, context):
            return pb.RunnerStatus(active=self.active, requestsReceived=self.received)

    def finished(call, success, code, text):
        return pb.RunnerMsg(
            finished=pb.CallFinished(
                success=success,
                details=call.get("id", ""),
                errorCode=code,
                errorStr=text,
                createdAt="2026-11-21T01:09:03.841Z",
                image=call.get("image", ""),
            )
        )

    return Runner()


def main():
    pb, stubs = load_stubs(sys.argv[1])
    ports = []
    servers = []
    for habit in sys.argv[2:]:
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
        stubs.add_RunnerProtocolServicer_to_server(servicer(pb, stubs, habit), server)
        ports.append(str(server.add_insecure_port("127.0.0.1:0")))
        server.start()
        servers.append(server)
    print("READY " + " ".join(ports), flush=True)
    sys.stdin.read()
    for server in servers:
        server.stop(0)


if __name__ == "__main__":
    main()
