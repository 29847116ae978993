"""A real Prometheus beside the stack: it scrapes each second, with our rules made impatient."""

import re
import shutil
from pathlib import Path

import httpx
import yaml

from services.command.stack.ports import HOST, reserve
from services.command.stack.program import Program
from services.command.stack.readiness import answers
from tests.integration.runbooks.page import RULES

_FOR = re.compile(r"^( +for: ).+$", re.MULTILINE)
_HELD = "2s"  # two breaches in a row, whatever the rule's own patience


class Prometheus:
    """A server in a folder of its own that scrapes these ports of this machine.

    `program` runs it; an alert keeps its expression, its threshold and its windows.
    """

    def __init__(self, folder: Path, ports: list[str]) -> None:
        self._folder, self._port = folder, reserve()
        self._url = f"http://{HOST}:{self._port.number}"
        folder.mkdir()
        (folder / "rules.yml").write_text(_FOR.sub(rf"\g<1>{_HELD}", RULES.read_text("utf-8")))
        (folder / "prometheus.yml").write_text(yaml.safe_dump(_configuration(ports)))

    def program(self) -> Program:
        """How to run it."""
        number = self._port.release()
        options = {
            "config.file": self._folder / "prometheus.yml",
            "storage.tsdb.path": self._folder / "data",
            "web.listen-address": f"{HOST}:{number}",
        }
        return Program(
            name="prometheus",
            argv=[
                str(shutil.which("prometheus")),
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            ready=answers(number, "/-/ready"),
        )

    def firing(self) -> set[str]:
        """The alerts that fire now."""
        answer = httpx.get(f"{self._url}/api/v1/alerts", trust_env=False).raise_for_status()
        alerts = answer.json()["data"]["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}


def _configuration(ports: list[str]) -> object:
    every = {"scrape_interval": "1s", "evaluation_interval": "1s", "scrape_timeout": "1s"}
    targets = [{"targets": [f"{HOST}:{port}" for port in ports]}]
    return {
        "global": every,
        "rule_files": ["rules.yml"],
        "scrape_configs": [{"job_name": "berceau", "static_configs": targets}],
    }
