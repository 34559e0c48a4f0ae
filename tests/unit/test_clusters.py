"""The recipe for Kubernetes: nothing listens beyond the cluster, and names belong together."""

import yaml
from plain.checkout import PROJECT


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
