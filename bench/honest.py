"""The control of redemptions: pgbench running the least that an honest redemption must do.

BEGIN; lock the voucher by its code; add the redemption under a unique key; update the voucher; two
ledger rows; one audit row; COMMIT. Nothing is authenticated, authorised, checked or rendered.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from tests.database import Server

_SCHEMA = """
DROP TABLE IF EXISTS h_voucher, h_redemption, h_ledger, h_audit;
CREATE TABLE h_voucher (id int PRIMARY KEY, code text UNIQUE, balance int NOT NULL);
CREATE TABLE h_redemption (id bigserial PRIMARY KEY, key text UNIQUE, voucher int, amount int);
CREATE TABLE h_ledger (id bigserial PRIMARY KEY, account text, voucher int, amount int);
CREATE TABLE h_audit (id bigserial PRIMARY KEY, at timestamptz DEFAULT now(), what text,
                      voucher int);
INSERT INTO h_voucher SELECT n, 'code' || n, 1000000 FROM generate_series(1, 20000) n;
ANALYZE h_voucher;
"""
_SCRIPT = r"""
\set v random(1, 20000)
\set k random(1, 9000000000000000)
BEGIN;
SELECT id, balance FROM h_voucher WHERE code = 'code' || :v FOR UPDATE;
INSERT INTO h_redemption (key, voucher, amount) VALUES (:k::text, :v, 1);
UPDATE h_voucher SET balance = balance - 1 WHERE id = :v;
INSERT INTO h_ledger (account, voucher, amount) VALUES ('5100', :v, 1);
INSERT INTO h_ledger (account, voucher, amount) VALUES ('2100', :v, -1);
INSERT INTO h_audit (what, voucher) VALUES ('redeem', :v);
COMMIT;
"""


class Honest:
    """pgbench on a database of its own beside ours."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.place = server.cluster.place
        with server.cluster.connect_as_superuser() as connection:
            connection.execute("DROP DATABASE IF EXISTS honest")
            connection.execute("CREATE DATABASE honest")
        with server.cluster.connect_as_superuser("honest") as connection:
            connection.execute(_SCHEMA)
            self.info = connection.info.get_parameters() | {
                "password": connection.info.password,
                "host": connection.info.host,
                "port": str(connection.info.port),
            }
        self.script = Path(tempfile.mkdtemp(prefix="punte-bench-")) / "honest.sql"
        self.script.write_text(_SCRIPT, encoding="utf-8")

    def per_second(self, *, clients: int, seconds: int) -> float:
        """Return its transactions per second."""
        environment = {
            "PGPASSWORD": self.info["password"],
            "PGHOST": self.info["host"],
            "PGPORT": self.info["port"],
            "PGUSER": self.info["user"],
            "PATH": "/usr/bin:/bin",
        }
        command = [
            str(self.place.binaries / "pgbench"),
            "-n",
            "-M",
            "prepared",
            "-c",
            str(clients),
            "-j",
            "1",
            "-T",
            str(seconds),
            "-f",
            str(self.script),
            "honest",
        ]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
        assert found, done.stdout
        return float(found.group(1))
