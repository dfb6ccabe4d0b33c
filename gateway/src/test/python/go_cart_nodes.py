"""Two go-cart nodes beside a gateway cluster, with stubs of the first version line.

Arguments: folder of the .proto file, addresses of the gateway nodes. Prints one JSON object with
what each step saw, then waits for the end of its input and prints the notices of leaving.
"""

import concurrent.futures
import importlib
import json
import sys
import tempfile
import threading
import time

import grpc
from grpc_tools import protoc

PATIENCE = 60


def stubs(folder):
    out = tempfile.mkdtemp()
    if protoc.main(
        ["protoc", "-I" + folder, "--python_out=" + out, "--grpc_python_out=" + out,
         folder + "/control_plane.proto"]):
        raise SystemExit("protoc failed")
    sys.path.insert(0, out)
    return (importlib.import_module("control_plane_pb2"),
            importlib.import_module("control_plane_pb2_grpc"))


pb, rpc = stubs(sys.argv[1])
GATEWAYS = sys.argv[2:]


class Node(rpc.ControlPlaneServicer):
    """A node that owns what it was told to, and pings nobody."""

    def __init__(self):
        self.carts = []
        self.closings = []
        self.healthy = []
        self.confirms = []
        self.lock = threading.Lock()
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(8))
        rpc.add_ControlPlaneServicer_to_server(self, self.server)
        self.host = "127.0.0.1:%d" % self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def Ping(self, request, context):
        return pb.PingReply(host=self.host, unix_time=int(time.time()))

    def Negotiate(self, request, context):
        return pb.NegotiateReply(hosts=[self.host] + self.healthy)

    def GetCartIds(self, request, context):
        return pb.CartIdsReply(cart_ids=self.carts)

    def ConfirmOwner(self, request, context):
        with self.lock:
            self.confirms.append([request.cart_id, request.new_host])
        mine = request.cart_id in self.carts and request.new_host != self.host
        return pb.OwnerChangeAck(accepted=not mine, message="owned by " + self.host if mine else "")

    def Closing(self, request, context):
        with self.lock:
            self.closings.append(request.host)
        return pb.OwnerChangeAck(accepted=True)


def call(gateway, method, request, wait=5):
    with grpc.insecure_channel(gateway) as channel:
        return getattr(rpc.ControlPlaneStub(channel), method)(request, timeout=wait)


def eventually(question):
    end = time.time() + PATIENCE
    while True:
        answer = question()
        if answer or time.time() > end:
            return answer
        time.sleep(0.2)


def names(gateway):
    return list(call(gateway, "Negotiate", pb.NegotiateRequest()).hosts)


def knows(host):
    return all(host in names(gateway) for gateway in GATEWAYS)


def forgotten(host):
    return not any(host in names(gateway) for gateway in GATEWAYS)


def confirm(gateway, key, host):
    ack = call(gateway, "ConfirmOwner", pb.OwnerChangeRequest(cart_id=key, new_host=host))
    return [ack.accepted, ack.message]


def everywhere(key, host):
    return [confirm(gateway, key, host) for gateway in GATEWAYS]


first, second = Node(), Node()
second.healthy = []
seen = {"first": first.host, "second": second.host}
seen["pinged"] = [call(g, "Ping", pb.Empty()).host for g in GATEWAYS]
for node in (first, second):
    call(GATEWAYS[0], "Negotiate", pb.NegotiateRequest(known_hosts=[node.host]))
seen["joined"] = bool(eventually(lambda: knows(first.host) and knows(second.host)))
seen["claimed"] = everywhere("cart-1", first.host) + everywhere("cart-1", first.host)
first.carts = ["cart-1"]
seen["refused"] = everywhere("cart-1", second.host)
seen["invalid"] = everywhere("", second.host) + everywhere("cart-2", "no host")
seen["told"] = bool(eventually(lambda: ["cart-1", first.host] in second.confirms))
# Its word keeps the dead host from being declared dead until it was seen as a suspect.
second.healthy = [first.host]
first.server.stop(0)
seen["suspect"] = eventually(
    lambda: forgotten(first.host) and everywhere("cart-1", second.host)[0][1])
second.healthy = []
started = time.time()
seen["taken"] = bool(eventually(lambda: all(a for a, _ in everywhere("cart-1", second.host))))
second.carts = ["cart-1"]
seen["verdict_seconds"] = time.time() - started
seen["revived_by_hearsay"] = first.host in names(GATEWAYS[0])
seen["ours_by_stranger"] = confirm(GATEWAYS[0], "cart-1", first.host)
print(json.dumps(seen), flush=True)

sys.stdin.readline()
closing = {"closings": second.closings}
ack = call(GATEWAYS[0], "Closing", pb.ClosingNotice(host=second.host))
closing["accepted"] = ack.accepted
closing["gone"] = second.host not in names(GATEWAYS[0])
print(json.dumps(closing), flush=True)
second.server.stop(0)
