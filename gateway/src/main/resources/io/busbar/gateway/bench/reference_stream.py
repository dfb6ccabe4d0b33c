"""The training stream of the reference server alone: its own broadcaster and its own handler.

Its trainer, and with it torch, is left out; POST /publish broadcasts a JSON object to all clients of
/ws/training. Needs an environment with juniper-cascor[api]. Arguments: port, most connections.
"""

import asyncio
import sys
from contextlib import asynccontextmanager

import uvicorn
from api.websocket.manager import WebSocketManager
from api.websocket.training_stream import training_stream_handler
from fastapi import FastAPI, Request


def application(most):
    @asynccontextmanager
    async def life(app):
        manager = WebSocketManager(
            max_connections=most, max_connections_per_ip=most, max_connections_global=most
        )
        manager.set_event_loop(asyncio.get_running_loop())
        app.state.ws_manager = manager
        yield
        await manager.close_all()

    app = FastAPI(lifespan=life)
    app.websocket("/ws/training")(training_stream_handler)

    @app.post("/publish")
    async def publish(request: Request):
        await request.app.state.ws_manager.broadcast(await request.json())
        return {}

    return app


def main(port, most):
    uvicorn.run(
        application(most),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        # A benchmark publishes through connections that rest between its rounds.
        timeout_keep_alive=3600,
    )


main(int(sys.argv[1]), int(sys.argv[2]))
