"""A private PostgreSQL cluster in a temporary folder, reached over a Unix socket: no port, no password, no clash."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.services.folders import fast_folder

# Nothing in a test's cluster has to survive a power cut.
FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB "
    "-c max_connections=100 -c listen_addresses=''"
)
LONGEST_FOLDER = 40
# For benchmarks, and for those who kill it: what was committed is on disk, as PostgreSQL comes.
DURABLE = "-c listen_addresses=''"
_CHOOSES_HOW_TO_COPY = 15_00_00


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster; `socket_dir` is where its socket lies."""

    socket_dir: Path
    pg_ctl: Path
    settings: str = FAST

    def url(self, database: str) -> str:
        """As SQLAlchemy and libpq read it."""
        return f"postgresql://postgres@/{database}?host={self.socket_dir}"

    def create(self, database: str, template: str = "template1") -> str:
        """Makes a database, empty or as a copy of `template`; gives its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(template))
        with self._connected() as connection:
            if connection.info.server_version >= _CHOOSES_HOW_TO_COPY:
                # By way of the log, as it would by itself, it takes some three times as long.
                statement += sql.SQL(" STRATEGY FILE_COPY")
            connection.execute(statement)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drops a database, even when a killed process left a connection."""
        with self._connected() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def start(self) -> None:
        """Returns when it answers, which after a hard stop is when it has recovered."""
        options = f"{self.settings} -k {self.socket_dir}"
        self._control("start", "-w", "-l", f"{self.socket_dir}/log", "-o", options)

    def stop_hard(self) -> None:
        """Every process of it ends at once, and nothing is tidied up."""
        self._control("stop", "-w", "-m", "immediate")

    def _control(self, *arguments: str) -> None:
        command = [str(self.pg_ctl), "-D", f"{self.socket_dir}/data", *arguments]
        _run(command, self.socket_dir, _account())

    def _connected(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url("postgres"), autocommit=True)


@contextmanager
def running_cluster(pg_ctl: Path, settings: str = FAST) -> Iterator[Cluster]:
    """Makes, starts and finally removes a cluster with the programs beside `pg_ctl`."""
    # A socket's path may have 107 characters at most, and macOS' own folder for such things is long.
    usual = tempfile.gettempdir()
    place = (fast_folder() if settings == FAST else None) or (usual if len(usual) <= LONGEST_FOLDER else "/tmp")
    folder = Path(tempfile.mkdtemp(prefix="lti-badges-pg-", dir=place))
    account = _account()
    if account:
        shutil.chown(folder, account.pw_uid, account.pw_gid)
    cluster = Cluster(folder, pg_ctl, settings)
    try:
        initdb = str(pg_ctl.with_name("initdb"))
        data = str(folder / "data")
        _run([initdb, "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8"], folder, account)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop_hard()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the account to run it as then, otherwise None."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(command: Sequence[str], folder: Path, account: pwd.struct_passwd | None) -> None:
    # The server inherits what it starts with: a pipe for its output would never close.
    with (folder / "commands.log").open("a+") as output:
        done = subprocess.run(
            command,
            cwd=folder,
            stdout=output,
            stderr=output,
            check=False,
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=[] if account else None,
            # One sorting order on every machine.
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{command[0]} failed:\n{output.read()}")
