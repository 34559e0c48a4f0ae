"""A run's folder is an RO-Crate: valid, complete, the same each time, made without a network."""

import io
import json
import logging
import re
import socket
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from helpers import paths
from helpers.cli import app
from helpers.running import manifest as manifests
from helpers.running.execute import Done, Failure
from helpers.running.inputs import describe_inputs, hash_file, hash_values
from helpers.running.manifest import make_manifest, read_manifest
from helpers.study import Study

TESTS = Path(__file__).resolve().parents[1]
CONTEXT = TESTS / "crate" / "ro-crate-1.1-context.jsonld"
ADDRESS = "https://w3id.org/ro/crate/1.1/context"
ODD = "tables/a b#1 50% \N{LATIN SMALL LETTER U WITH DIAERESIS}.csv"
# The address of a homepage, who pressed the key, and an archive are not known to a run.
OPEN = {
    "The Action SHOULD have an agent that is a Person or Organization",
    "The Application SHOULD have a url",
    "The SoftwareApplication id SHOULD be an absolute URI",
    "The `publisher` property of a `Root Data Entity` SHOULD be an `Organization`",
    "The organization SHOULD have a URL.",
}


@pytest.fixture
def build(mini_root, tmp_path):
    """Return a function that builds a run's folder, sealed, and returns it with its graph."""

    def make(*failures, notebooks=()):
        folder = tmp_path / "run"
        words = {"number": "3.1", "title": "A finding", "caption": "A caption.", "alt": "In words."}
        for name, text in {
            "notebooks/01_one.ipynb": "{}", "notebooks/02_two.ipynb": "{}",
            "figures/eras-pending.svg": "svg", "figures/eras-pending.png": "png",
            "figures/eras-pending.json": json.dumps(words), "numbers.json": "{}\n",
            "tables/eras.csv": "boundary,era\nfull-years,Hu\n", ODD: "a\n1\n",
        }.items():  # fmt: skip
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        study = Study.resolve()
        by_name = {failure.notebook: failure for failure in failures}
        done = [Done(name, 1.5, by_name.get(name)) for name in ("01_one", "02_two")]
        started = "2026-06-25T10:00:00Z"
        described = describe_inputs(study, notebooks=notebooks)
        manifest = make_manifest(study, "a", described, started, done)
        manifest["headlines"] = ["A headline."]
        manifests.write_crate(folder, manifest)
        manifests.write_manifest(folder, manifest)
        return folder, read_graph(folder)

    return make


def read_graph(folder):
    graph = json.loads((folder / manifests.CRATE).read_text(encoding="utf-8"))["@graph"]
    assert len({entity["@id"] for entity in graph}) == len(graph)
    return {entity["@id"]: entity for entity in graph}


def list_ids(value):
    return {each["@id"] for each in (value if isinstance(value, list) else [value])}


@pytest.fixture(scope="module")
def validate(tmp_path_factory):
    """Return a function that validates a crate offline and returns what is wrong with it."""
    import requests
    from rocrate_validator import models, services
    from rocrate_validator.utils.http import HttpRequester
    from urllib3 import HTTPResponse

    cache = tmp_path_factory.mktemp("validator") / "cache"

    def check(folder):
        settings = services.ValidationSettings(
            rocrate_uri=str(folder), profile_identifier="process-run-crate", offline=True,
            cache_path=cache, requirement_severity=models.Severity.RECOMMENDED,
        )  # fmt: skip
        body, headers = io.BytesIO(CONTEXT.read_bytes()), {"Content-Type": "application/ld+json"}
        raw = HTTPResponse(body, headers, status=200, preload_content=False)
        request = requests.Request("GET", ADDRESS).prepare()
        response = requests.adapters.HTTPAdapter().build_response(request, raw)
        HttpRequester().session.cache.save_response(response)
        return {issue.message for issue in services.validate(settings).get_issues()}

    yield check
    HttpRequester().session.close()
    logging.getLogger("rocrate_validator").handlers.clear()


FAILURE = Failure("02_two", 4, "KeyError", "'CHN'")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("failures", [(), (FAILURE,)], ids=["complete", "failed"])
def test_a_run_is_valid_for_the_profiles_own_validator(build, validate, failures):
    folder, _ = build(*failures)
    assert validate(folder) <= OPEN


def test_a_complete_run_and_its_inputs(build):
    folder, graph = build()
    root, run, manifest = graph["./"], graph["#run"], read_manifest(folder)
    assert root["datePublished"].endswith("+00:00")
    assert root["license"] == {"@id": manifests.CC_BY}
    assert "UNHCR Refugee Population Statistics Database" in root["creditText"]
    assert "A headline." in root["description"]
    assert list_ids(root["mentions"]) == {"#run"}
    assert run["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert run["startTime"] == "2026-06-25T10:00:00+00:00"
    assert "asylum run --name a --study china --release 2022-mid" in run["description"]
    assert "error" not in run
    assert root["identifier"] == f"sha256:{manifest['key']}"
    assert graph["#parameter-year_to"]["value"] == 2022
    software = graph[run["instrument"]["@id"]]
    assert f"pandas {manifest['versions']['pandas']}" in software["softwareRequirements"]
    assert software["sha256"] == manifest["code"]["sha256"]
    inputs, used = manifest["inputs"], list_ids(run["object"])
    assert {"#data/raw/2022-mid", "#data/hand", "#data/shapes", "#notebooks"} <= used
    release = graph["#data/raw/2022-mid"]
    assert graph[release["license"]["@id"]]["name"].startswith("Creative Commons Attribution 4.0")
    assert graph[release["isBasedOn"]["@id"]]["publisher"] == {"@id": "https://www.unhcr.org/"}
    own = {name: digest for name, digest in inputs.items() if name.startswith("data/raw/2022-mid/")}
    assert release["sha256"] == hash_values(own)
    assert any("naturalearth" in each for each in list_ids(graph["#data/shapes"]["license"]))
    assert list_ids(graph["#notebooks"]["license"]) == {manifests.CC_BY, manifests.MIT}


def test_a_run_of_some_notebooks_names_them_and_the_command_that_runs_them(build):
    folder, graph = build(notebooks=("01_one",))
    manifest = read_manifest(folder)
    assert manifest["notebooks"] == ["01_one"]
    command = graph["#run"]["description"]
    assert command.startswith("asylum batch --notebooks 01_one --studies china ")
    known = {each for option in typer.main.get_command(app).commands["batch"].params
             for each in option.opts}  # fmt: skip
    assert set(re.findall(r"--[a-z-]+", command)) <= known


def test_every_file_is_listed_with_its_digest_and_words(build):
    folder, graph = build()
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    parts = {unquote(name) for name in list_ids(graph["./"]["hasPart"]) if name[-1] != "/"}
    assert parts == found - {manifests.CRATE}
    for name in parts - {"manifest.json"}:
        entity = next(each for key, each in graph.items() if unquote(key) == name)
        assert entity["sha256"] == hash_file(folder / name)
        assert entity["contentSize"] == str((folder / name).stat().st_size)
        assert entity["description"]
    assert list_ids(graph["#run"]["result"]) == {
        each for each in graph if unquote(each) in parts - {"manifest.json"}
    }
    assert read_manifest(folder)["outputs"][manifests.CRATE] == hash_file(folder / manifests.CRATE)
    assert graph["figures/eras-pending.svg"]["description"] == "In words."
    assert "tables/datapackage.json" in graph["tables/eras.csv"]["description"]


def test_a_failed_run_names_each_notebook_cell_and_error(build):
    died = Failure("01_one", 0, "DeadKernelError", "Kernel died")
    place = f"{paths.root()}/data/a.csv"
    _, graph = build(died, Failure("02_two", 4, "OSError", f"cannot read {place}"))
    assert graph["#run"]["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert graph["#run"]["error"] == (
        "01_one, the kernel: DeadKernelError: Kernel died; "
        "02_two, cell 4: OSError: cannot read data/a.csv"
    )
    assert "failed run" in graph["./"]["name"]


def test_the_same_run_gives_the_same_bytes_and_asks_nobody(build, monkeypatch):
    folder, _ = build()
    before = (folder / manifests.CRATE).read_bytes()
    manifest = read_manifest(folder)
    manifest["inputs"] = dict(reversed(manifest["inputs"].items()))

    def refuse(*_, **__):
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    manifests.write_crate(folder, manifest)
    assert (folder / manifests.CRATE).read_bytes() == before
