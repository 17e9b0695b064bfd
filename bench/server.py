"""A real server process over a given database, and programs that ask it things."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass(frozen=True, slots=True)
class Server:
    """One running worker: where it listens, the demo accounts, its process."""

    url: str
    accounts: dict[str, str]
    pid: int

    def client(self, username: str = "command") -> httpx.Client:
        """Return a signed-in client."""
        client = httpx.Client(base_url=self.url, timeout=30)
        client.post("/login", data={"username": username, "password": self.accounts[username]})
        assert client.cookies, f"{username} could not sign in"
        return client

    def cookie(self, username: str = "command") -> str:
        """Return the Cookie header of a signed-in user."""
        with closing(self.client(username)) as client:
            return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


@contextmanager
def serving(database_url: str, **settings: str) -> Iterator[Server]:
    """Run one worker on a free port until the block ends; `settings` are environment variables."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": database_url, "PORT": str(port), **settings}
    accounts = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--accounts"], env=environment, check=True, capture_output=True, text=True
    ).stdout
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([sys.executable, "-m", "app", "serve"], env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _await(url, process)
            yield Server(url, {row["username"]: row["password"] for row in json.loads(accounts)}, process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/healthz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the server did not come up")


def wrk(server: Server, paths: Sequence[str], *, connections: int, seconds: int) -> float:
    """Return requests a second for these paths in turn, signed in. Raises RuntimeError on any answer but 200 and 204."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "paths.lua"
        script.write_text(_LUA % (", ".join(f'"{path}"' for path in paths), server.cookie()), encoding="utf-8")
        command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", str(script), server.url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(said)
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


_LUA = """local paths = {%s}
local i = 0
wrk.headers["Cookie"] = "%s"
wrk.headers["Accept-Encoding"] = "gzip"
request = function()
  i = i %% #paths + 1
  return wrk.format("GET", paths[i])
end
"""


def pgbench(
    database_url: str, script: str, *, clients: int, per_transaction: int, seconds: int = 0, transactions: int = 0
) -> float:
    """Return statements a second that prepared SQL reaches through pgbench; the script holds `per_transaction` of them.

    It runs for some seconds, or until each client has run it `transactions` times. Raises RuntimeError where one failed.
    """
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), key=lambda path: int(path.parts[-3]))
    how_long = ["-t", str(transactions)] if transactions else ["-T", str(seconds)]
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        command = [str(tools[-1]), "-n", "-M", "prepared", "-c", str(clients), "-j", "1", *how_long]
        done = subprocess.run([*command, "-f", file.name, database_url], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found[1]) * per_transaction
