"""The recipes for clusters: nothing listens beyond loopback, and names belong together."""

import importlib.util
import re
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]
TRIAL = PROJECT / "benchmarks" / "slurm" / "trial.py"


def test_slurm_keeps_to_loopback_and_to_its_folder(tmp_path):
    spec = importlib.util.spec_from_file_location("slurm_trial", TRIAL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    config = module.write_config(tmp_path, "host", "ann", [7001, 7002, 7003], 4000)
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


def test_the_pods_belong_to_their_service_and_take_one_run_each():
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
