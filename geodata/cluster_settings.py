"""The private server's settings, by the memory of the machine."""

import shutil
from collections.abc import Mapping
from pathlib import Path

MEGABYTE = 1 << 20
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def memory_mb() -> int:
    """Return the memory that this program may use, in MB: the machine's, or its container's if that is less."""
    lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    machine = int(lines["MemTotal"].split()[0]) // 1024
    limit = CGROUP_LIMIT.read_text().strip() if CGROUP_LIMIT.is_file() else "max"
    return min(machine, int(limit) // MEGABYTE) if limit.isdigit() else machine


def server_settings(memory: int) -> dict[str, str]:
    """Return settings for one city and `memory` MB; `synchronous_commit` stays on, because the data are true."""
    return {
        "cluster_name": "wangge",
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "shared_buffers": f"{_between(64, memory // 4, 1024)}MB",
        "effective_cache_size": f"{max(128, memory // 2)}MB",
        "work_mem": f"{_between(4, memory // 256, 32)}MB",
        "maintenance_work_mem": f"{_between(64, memory // 16, 512)}MB",
        "dynamic_shared_memory_type": _shared_memory(),
        "synchronous_commit": "on",
        # Nothing replicates this server; rows copied into a table made in the same transaction need no WAL then.
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        # Compiling a statement costs more than any statement of ours takes.
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] %u@%d ",
    }


def settings_text(settings: Mapping[str, str]) -> str:
    """Return settings as the text of a configuration file."""
    lines = [f"{name} = '{_quoted(value)}'" for name, value in settings.items()]
    return "\n".join(["# Written at every start; ALTER SYSTEM overrides it.", *lines, ""])


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _between(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))


def _shared_memory() -> str:
    """Containers often have 64 MB in /dev/shm, where a parallel query of a city fails; files hold it then."""
    try:
        size = shutil.disk_usage("/dev/shm").total  # noqa: S108 - only looked at
    except OSError:
        return "mmap"
    return "posix" if size >= 256 * MEGABYTE else "mmap"
