"""How the databases named in the settings are spoken to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

Config = dict[str, Any]


def databases(
    primary: Config, replica: Config, *, folder: Path, is_test: bool, pool_size: int = 0
) -> dict[str, Config]:
    """Return both under their names, the replica only if one is set; `folder` is where SQLite's file may be.

    The threads of a process share a pool of at most `pool_size` connections to each PostgreSQL; with 0 each
    thread keeps one of its own.
    """
    found = {"default": prepared(primary, folder=folder, is_test=is_test, pool_size=pool_size)}
    if replica:
        if {config["ENGINE"] for config in (primary, replica)} != {"django.db.backends.postgresql"}:
            raise ImproperlyConfigured(
                "DATABASE_REPLICA_URL is set: DATABASE_URL and it must both name a PostgreSQL."
            )
        found["replica"] = prepared(replica, folder=folder, is_test=is_test, pool_size=pool_size)
        # A replica that is out of reach must be noticed before the reader does.
        found["replica"]["OPTIONS"] = {"connect_timeout": 3, "tcp_user_timeout": 5_000} | replica["OPTIONS"]
        found["replica"]["TEST"] = {"MIRROR": "default"}
    return found


def prepared(config: Config, *, folder: Path, is_test: bool, pool_size: int = 0) -> Config:
    """Complete what an address says with what this program needs."""
    options: Config = config.setdefault("OPTIONS", {})
    if config["ENGINE"] == "django.db.backends.sqlite3":
        folder.mkdir(exist_ok=True)
        # IMMEDIATE takes the write lock at the start: a transaction that reads first and writes later
        # would otherwise fail at once, without waiting, when another one wrote in between.
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; "
            f"PRAGMA synchronous={'OFF' if is_test else 'FULL'};",
        }
        # In a file like the real one, so that threads and processes meet the real locks.
        config["TEST"] = {"NAME": f"{config['NAME']}.test"}
    else:
        config["CONN_HEALTH_CHECKS"] = True
        if pool_size and not is_test:
            from .pooling import PooledConnection  # psycopg is loaded only where there is a PostgreSQL

            options["pool"] = {
                "min_size": 1, "max_size": pool_size, "timeout": 10, "connection_class": PooledConnection
            }  # fmt: skip
            config["CONN_MAX_AGE"] = 0  # the pool keeps them
            return config
    # A server's threads are few and stay, and so do their connections: one each.
    config["CONN_MAX_AGE"] = 0 if is_test else 600
    return config
