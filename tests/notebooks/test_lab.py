"""JupyterLab starts, opens a notebook and starts both kernels, without what the lock leaves out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

PROJECT = Path(__file__).resolve().parents[2]
TOKEN = "for-this-test"
PATIENCE = 90
# As in the environment that `make setup` builds, wherever this test runs.
WITHOUT_GRAMMAR = (
    "import sys; sys.modules['rfc3987_syntax'] = None\n"
    "from jupyterlab.labapp import main; sys.exit(main())"
)


def wait_for(find: Any) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := find()):
        assert time.monotonic() < end, "JupyterLab took too long"
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(home: Path) -> Iterator[httpx.Client]:
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = os.environ | {name: str(home / name) for name in folders}
    command = [sys.executable, "-c", WITHOUT_GRAMMAR, "--no-browser", "--allow-root",
               "--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={TOKEN}",
               f"--notebook-dir={PROJECT / 'notebooks'}"]  # fmt: skip
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        runtime = home / "JUPYTER_RUNTIME_DIR"
        info = json.loads(wait_for(lambda: next(runtime.glob("jpserver-*.json"), None)).read_text())
        headers = {"Authorization": f"token {TOKEN}"}
        with httpx.Client(base_url=info["url"], headers=headers, timeout=PATIENCE) as client:
            yield client
    finally:
        server.terminate()
        server.wait(PATIENCE)
    assert "Traceback" not in (home / "log").read_text()


def test_it_opens_a_notebook(lab: httpx.Client) -> None:
    page = lab.get("lab/tree/03_eras.ipynb")
    assert page.status_code == 200
    assert "JupyterLab" in page.text
    notebook = lab.get("api/contents/03_eras.ipynb").json()
    assert notebook["content"]["metadata"]["kernelspec"]["name"] == "python3"


def test_it_starts_a_kernel(lab: httpx.Client, home: Path) -> None:
    from jupyter_client.blocking import BlockingKernelClient

    kernel = lab.post("api/kernels", json={"name": "python3"}).json()["id"]
    client = BlockingKernelClient()
    client.load_connection_file(str(home / "JUPYTER_RUNTIME_DIR" / f"kernel-{kernel}.json"))
    client.start_channels()
    try:
        reply = client.execute(
            "import helpers", user_expressions={"sum": "1 + 1"}, reply=True, timeout=PATIENCE
        )
    finally:
        client.stop_channels()
    assert reply["content"]["user_expressions"]["sum"]["data"]["text/plain"] == "2"
    assert lab.delete(f"api/kernels/{kernel}").status_code == 204
