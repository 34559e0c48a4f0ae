"""The recipes for clusters: nothing listens beyond loopback, and names belong together."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
TRIAL = PROJECT / "benchmarks" / "slurm"


@pytest.fixture
def load(monkeypatch):
    """Return a function that imports a file of the trial, which is no package."""

    def take(name):
        spec = importlib.util.spec_from_file_location(f"slurm_trial_{name}", TRIAL / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        return module

    return take


def test_slurm_keeps_to_loopback_and_to_its_folder(load, tmp_path):
    config = load("slurm").write_config(tmp_path, "host", "ann", [7001, 7002, 7003], 4000)
    values = dict(line.split("=", 1) for line in config.splitlines() if "NodeName" not in line)
    assert values["SlurmctldHost"] == "host(127.0.0.1)"
    assert set(values["CommunicationParameters"].split(",")) == {"NoCtldInAddrAny", "NoInAddrAny"}
    assert values["AuthInfo"] == f"socket={tmp_path}/munge.socket"
    assert values["AccountingStorageType"] == "accounting_storage/none"
    assert re.findall(r"NodeName=(\w+) .* NodeAddr=([\d.]+) Port=(\d+)", config) == [
        ("n1", "127.0.0.1", "7002"), ("n2", "127.0.0.1", "7003"),
    ]  # fmt: skip
    for path in re.findall(r"=(/\S+)", config):
        assert path.startswith(f"{tmp_path}/")
    for name, value in values.items():
        if name.endswith(("File", "Dir", "Location")):
            assert value.startswith(f"{tmp_path}/")


def test_the_page_shows_the_recorded_trial(load):
    page = (TRIAL / "README.md").read_text(encoding="utf-8")
    seen = json.loads((TRIAL / "results.json").read_text(encoding="utf-8"))
    assert load("page").render_page(page, seen) == page
    assert seen["faults"] == []
    assert {each["address"] for each in seen["listeners"]} == {"127.0.0.1"}
    assert seen["left_behind"] == {"processes": [], "files": [], "folder": False}
    nodes = {each["node"] for run in seen["batch"]["runs"] for each in run["notebooks"].values()}
    assert nodes == {"n1", "n2"}


def test_the_pods_belong_to_their_service_and_take_one_notebook_each():
    file = PROJECT / "docs" / "clusters" / "dask-cluster.yaml"
    cluster = yaml.safe_load(file.read_text(encoding="utf-8"))
    name, spec = cluster["metadata"]["name"], cluster["spec"]
    (worker,) = spec["worker"]["spec"]["containers"]
    (scheduler,) = spec["scheduler"]["spec"]["containers"]
    assert worker["image"] == scheduler["image"]
    assert worker["args"][worker["args"].index("--nthreads") + 1] == "1"
    service = spec["scheduler"]["service"]
    assert service["type"] == "ClusterIP"
    assert service["selector"]["dask.org/cluster-name"] == name
    ports = {each["name"]: each["containerPort"] for each in scheduler["ports"]}
    assert {each["targetPort"]: each["port"] for each in service["ports"]} == ports
    page = (PROJECT / "docs" / "clusters.md").read_text(encoding="utf-8")
    assert f"service/{name}-scheduler {ports['tcp-comm']}:" in page
    assert worker["image"] in page
