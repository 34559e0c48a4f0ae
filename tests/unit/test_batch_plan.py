"""What a matrix comes to: products, single runs, what is not on file, and what is refused."""

import re

import pytest

from helpers.running.batch.batch import BatchSettings, choose_notebooks, look_ahead
from helpers.running.batch.cluster import read_slurm
from helpers.running.batch.matrix import Matrix, load_matrix, make_matrix
from helpers.running.batch.plan import make_plan, name_batch
from helpers.running.batch_command import batch
from helpers.running.inputs import describe_inputs, describe_shared
from helpers.study import InputError


@pytest.fixture
def root(tiny_root):
    return tiny_root("2022-mid", "2024-end")


def plan(**given):
    return make_plan(make_matrix(given))


def list_names(found):
    return [item.name for item in found.items]


def test_the_product_in_order(root):
    found = plan(origin="CHN,HKG", release="all", year_to="2012:2013")
    assert list_names(found) == [
        f"china-{release}-{origin}2000-{year}"
        for origin in ("", "HKG-")
        for release in ("2022-mid", "2024-end")
        for year in (2012, 2013)
    ]
    assert (found.absent, found.repeated) == ((), 0)


def test_defaults_are_those_of_a_run(root):
    assert list_names(plan()) == ["china-2024-end"]
    (item,) = plan(release="2022-mid").items
    assert (item.study.origin, item.study.year_to, item.study.top_n) == ("CHN", 2022, 10)


def test_what_is_not_on_file_is_listed_with_its_reason(root):
    """The release ends too early, the span is empty, and nobody's claim was pending."""
    found = plan(release="all", year_to="1990,1999,2022,2024", year_from=2000, origin="CHN,TIB")
    reasons = [each.reason for each in found.absent]
    assert len(found.items) + len(found.absent) == 16
    assert sum("year_to 2024 is outside release 2022-mid" in each for each in reasons) == 2
    assert sum("is outside release" in each for each in reasons) == 10
    none = plan(origin="TIB", year_to=2000)
    assert list_names(none) == []
    assert "no claim from TIB was pending in 2000 to 2000" in none.absent[0].describe()


def test_an_origin_that_only_another_release_holds_is_not_on_file(tiny_root):
    tiny_root("2022-mid", "2025-end")
    found = plan(origin="SYR", release="all", year_to=2015)
    assert list_names(found) == ["china-2025-end-SYR-2000-2015"]
    assert found.absent[0].reason == "release 2022-mid does not hold this origin"


def test_single_runs_stand_alone_or_beside_the_product(root):
    runs = [{"origin": "HKG", "year_to": 2010}, {"release": "2022-mid", "top_n": 5}]
    alone = ["china-2024-end-HKG-2000-2010", "china-2022-mid-top5"]
    assert list_names(plan(runs=runs)) == alone
    assert list_names(plan(runs=runs, year_to=[2011])) == ["china-2024-end-2000-2011", *alone]


def test_a_run_given_twice_is_run_once_and_counted(root):
    found = plan(runs=[{"year_to": 2010}, {"year_to": 2010}, {"year_to": 2011}])
    assert (len(found.items), found.repeated) == (2, 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"year_to": "20x2"}, "year_to: '20x2' is no year"),
        ({"year_to": "2015:2012"}, "swap its years"),
        ({"year_to": [True]}, "True is no year"),
        ({"year_to": []}, "year_to lists nothing"),
        ({"origin": "CHN,"}, "origin: a name is empty"),
        ({"origin": 5}, "origin: names are text"),
        ({"origin": "XYZ"}, "unknown origin 'XYZ'"),
        ({"origin": "chn"}, "capitals: CHN"),
        ({"release": "2022-mdi"}, "did you mean 2022-mid?"),
        ({"study": "chian"}, "did you mean china?"),
        ({"top_n": [0]}, "top_n.0"),
        ({"top_n": ["many"]}, "top_n.0"),
        ({"years": "2012"}, "years: is no parameter; there is: study, origin"),
        ({"runs": [{"year": 2012}]}, "runs.0.year: is no parameter"),
        ({"runs": [{"release": "2022-mdi"}]}, "unknown release"),
        ({"runs": [{"year_to": "2012"}]}, "runs.0.year_to"),
    ],
)
def test_what_does_not_fit_is_refused(root, given, said):
    with pytest.raises(InputError) as error:
        plan(**given)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_matrix_file(root, tmp_path):
    file = tmp_path / "m.yml"
    file.write_text("origin: [CHN]\nrelease: all\nyear_to: 2012:2013\nruns:\n  - top_n: 3\n")
    assert len(make_plan(load_matrix(file)).items) == 5
    file.write_text("- a list\n")
    with pytest.raises(InputError, match="holds no lists of parameters"):
        load_matrix(file)
    file.write_text("origin: CHN\norigin: HKG\n")
    with pytest.raises(InputError, match="stands twice"):
        load_matrix(file)
    with pytest.raises(InputError, match=f"{tmp_path.name} cannot be read: Is a directory"):
        load_matrix(tmp_path)


def test_names_tell_batches_apart(root):
    names = [
        name_batch(Matrix()),
        name_batch(Matrix(year_to="2012:2013")),
        name_batch(Matrix(year_from="2012:2013")),
        name_batch(Matrix(), ("01_fetch", "02_clean")),
        name_batch(Matrix(runs=[{"year_to": 2012}])),
        name_batch(Matrix(runs=[{"year_to": 2013}])),
        name_batch(Matrix(year_to=list(range(1990, 2020, 2)))),
        name_batch(Matrix(year_to=list(range(1990, 2022, 2)))),
    ]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 80
    assert names[1] == name_batch(Matrix(year_to=[2012, 2013]))


def test_notebooks_bring_what_they_need(mini_root):
    assert choose_notebooks([]) == ()
    assert choose_notebooks(["01_one"]) == ("01_one",)
    assert choose_notebooks(["02_two"]) == ("01_one", "02_two")
    assert choose_notebooks(["03_three"]) == ()
    with pytest.raises(InputError, match="did you mean 01_one"):
        choose_notebooks(["01_on"])


def test_options_of_slurm():
    assert read_slurm(["default"]) == {}
    given = ["queue=a", "job_extra_directives=--x=1", "job_extra_directives=--y"]
    assert read_slurm(given) == {"queue": "a", "job_extra_directives": ["--x=1", "--y"]}
    assert read_slurm(["job_cpu=2", "job_directives_skip=--mem"]) == {
        "job_cpu": 2, "job_directives_skip": ["--mem"]
    }  # fmt: skip
    for wrong, said in (
        ("queue", "key=value"), ("cores=4", "is fixed"), ("job_cpu=two", "is a number"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=said):
            read_slurm([wrong])
    with pytest.raises(InputError, match="given twice"):
        read_slurm(["queue=a", "queue=b"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kernel": "ruby"}, "'ruby' is no kernel"),
        ({"memory_limit": "lots"}, "is a size, as in 4GB"),
        ({"memory_limit": "0.2GB"}, "is too little"),
        ({"slurm": ["queue"]}, "--slurm takes key=value"),
        ({"slurm": ["default"], "scheduler": "tcp://127.0.0.1:1"}, "exclude each other"),
        ({"scheduler": "tcp://127.0.0.1:1", "workers": 2}, "has its own workers"),
        ({"matrix": "m.yml", "years": "2012"}, "--matrix has the lists"),
        ({"name": "../x"}, "cannot be named"),
        ({"notebooks": "01_on"}, "unknown notebook '01_on'"),
        ({"notebooks": "01_one,"}, "--notebooks: a name is empty"),
        ({"notebooks": ""}, "--notebooks: a name is empty"),
        ({"origins": ""}, "origin: a name is empty"),
        ({"years": ""}, "year_to: '' is no year"),
        ({"scheduler": " "}, "--scheduler is empty"),
        ({"memory_limit": ""}, "--memory-limit is empty"),
    ],
)
def test_options_that_do_not_fit(mini_root, options, said):
    with pytest.raises(InputError, match=re.escape(said)):
        batch(**options)
    assert not (mini_root / "runs").exists()


def test_a_folder_that_is_taken_is_left_alone(mini_root):
    folder = mini_root / "runs" / "b"
    folder.mkdir(parents=True)
    with pytest.raises(InputError, match="runs/b is there and is no batch"):
        look_ahead(Matrix(), BatchSettings(name="b"))
    (folder / "batch.json").write_text('{"notebooks": ["01_one"]}')
    with pytest.raises(InputError, match="a batch of 01_one, not of all notebooks"):
        look_ahead(Matrix(), BatchSettings(name="b"))
    assert look_ahead(Matrix(), BatchSettings(name="b", notebooks=("01_one",))).left
    assert look_ahead(Matrix(), BatchSettings(name="b", is_forced=True)).left


def test_the_key_of_a_part_is_not_that_of_the_whole(mini_root):
    study = make_plan(Matrix()).items[0].study
    shared = describe_shared()
    whole = describe_inputs(study)
    assert describe_inputs(study, shared) == whole
    assert describe_inputs(study, shared, ["01_one"])["key"] != whole["key"]
