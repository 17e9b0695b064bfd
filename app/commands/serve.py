"""`python -m app serve`: the web server."""

import socket
from typing import Annotated

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from app.commands.place import database_url
from app.settings import Settings, WebSettings, hand_over
from geodata.errors import WanggeError


class PortTaken(WanggeError):
    """Somebody else listens there."""

    key = "error.port_taken"


def serve(
    port: Annotated[int | None, typer.Option(help="Instead of PORT.")] = None,
    host: Annotated[str | None, typer.Option(help="Instead of HOST.")] = None,
    workers: Annotated[int | None, typer.Option(help="Instead of WORKERS.")] = None,
) -> None:
    """Serve the pages, the map and the API until stopped. Waits for a database that is away, and says so."""
    settings = Settings()
    asked = {"port": port, "host": host, "workers": workers}
    web = settings.web.model_copy(update={name: value for name, value in asked.items() if value is not None})
    with listening(web.host, web.port) as sock, database_url(settings.database) as url:
        run(web, url, sock)


def listening(host: str, port: int) -> socket.socket:
    """Return a bound socket, so that a taken port is told before anything else starts. Raises PortTaken."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise PortTaken(host=host, port=port, why=error.strerror) from error
    return sock


def run(web: WebSettings, url: str, sock: socket.socket) -> None:
    """Run uvicorn on a bound socket; the application is built in the process (or processes) that serves it."""
    hand_over(url)
    config = uvicorn.Config(
        "app.main:application",
        factory=True,
        workers=web.workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=web.trusted_proxies,
        timeout_graceful_shutdown=5,
        ws="websockets-sansio",
        ws_max_size=1 << 20,
        # Messages are small and lie in a local network: pressing each for each of many walls costs more than it saves.
        ws_per_message_deflate=False,
    )
    if web.workers == 1:
        uvicorn.Server(config).run(sockets=[sock])
    else:
        Multiprocess(config, [sock]).run()
