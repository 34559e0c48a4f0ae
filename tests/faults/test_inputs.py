"""Bad input: refused with code 2, a message that says what would be right, nothing changed."""

import json
import os

import pytest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--year-to", "abc"], ["--year-to", "integer"]),
        (["--year-to", "1990"], ["1990", "2000 to 2022"]),
        (["--year-to", "2023"], ["2023", "2000 to 2022"]),
        (["--year-from", "2010", "--year-to", "2005"], ["2010", "2005", "swap"]),
        (["--origin", "XXX"], ["XXX", "CHN"]),
        (["--origin", "chn"], ["chn", "CHN"]),
        (["--release", "2030-end"], ["2030-end", "2022-mid"]),
        (["--release", ".."], ["..", "2022-mid"]),
        (["--study", "chna"], ["chna", "did you mean china"]),
        (["--origin", "TIB", "--year-from", "2018"], ["no claim from TIB", "2018 to 2022", "2005"]),
        (["--origin", "MAC", "--year-to", "2000"], ["no claim from MAC", "2001 to 2022"]),
        (["--top-n", "0"], ["top_n", "between 1 and"]),
        (["--top-n", "1.5"], ["--top-n", "integer"]),
        (["--name", "../x"], ["../x", "letters, digits"]),
        (["--name", "x.failed"], ["x.failed", "not ending in"]),
        (["--workers", "-1"], ["--workers", "greater than or equal to 0"]),
        (["--kernel", "python3"], ["No such option"]),
        (["--colour"], ["No such option"]),
        (["extra"], ["unexpected extra argument"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_bad_parameter(refuse, arguments, said):
    message = refuse("run", *arguments)
    for words in said:
        assert words.lower() in message.lower()


def test_a_command_that_there_is_not(refuse):
    assert "No such command" in refuse("runn")


def test_a_damaged_release(refuse, mini_root):
    with (mini_root / "data/raw/2022-mid/population.csv").open("a") as file:
        file.write("2022,CHN\n")
    message = refuse("run")
    assert "population.csv is not the file that datapackage.json records" in message
    assert "restore it" in message


def test_a_missing_table(refuse, mini_root):
    (mini_root / "data/raw/2022-mid/asylum_decisions.csv").unlink()
    assert "asylum_decisions.csv is missing" in refuse("run")


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"release": {"name": "2022-mid"}}'])
def test_a_damaged_datapackage(refuse, mini_root, content):
    (mini_root / "data/raw/2022-mid/datapackage.json").write_text(content)
    message = refuse("run")
    assert "datapackage.json" in message
    assert "2022-mid" in message


def test_a_datapackage_without_hashes(refuse, mini_root):
    file = mini_root / "data/raw/2022-mid/datapackage.json"
    package = json.loads(file.read_text())
    del package["resources"][0]["hash"]
    file.write_text(json.dumps(package))
    assert "datapackage.json cannot be used" in refuse("run")


def test_no_release_at_all(refuse, mini_root):
    for file in (mini_root / "data/raw/2022-mid").iterdir():
        file.unlink()
    (mini_root / "data/raw/2022-mid").rmdir()
    assert "no release is on file" in refuse("run")


@pytest.mark.parametrize(
    "content", [": :", "[]", "", "study: china\norigin: China\n", "\x00", "study: china\n"]
)
def test_a_malformed_study_file(refuse, mini_root, content):
    (mini_root / "data/hand/studies/china.yml").write_text(content)
    assert "study file china.yml cannot be used" in refuse("run")


BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: BOMB + text, "refers to an anchor within an anchor"),
        (lambda text: text + "#" * 1_000_000, "is too large: at most 1,000,000 bytes"),
        (lambda text: text.replace("compare: [Hu, Xi]", "compare: [Xi, Hu]"), "an earlier era"),
        (lambda text: text.replace("compare: [Hu, Xi]", "compare: [Hu, Hu]"), "an earlier era"),
        (lambda text: text.replace("last: 2002", "last: 1999", 1), "do not meet"),
    ],
)
def test_a_study_file_that_would_hang_or_mislead(refuse, mini_root, damage, said):
    file = mini_root / "data/hand/studies/china.yml"
    text = file.read_text(encoding="utf-8")
    assert damage(text) != text
    file.write_text(damage(text), encoding="utf-8")
    assert said in refuse("run")


def test_a_pipe_in_place_of_a_study_file(refuse, mini_root):
    file = mini_root / "data/hand/studies/china.yml"
    file.unlink()
    os.mkfifo(file)
    assert "china.yml is no plain file" in refuse("run")


def test_no_notebooks(refuse, mini_root):
    for file in (mini_root / "notebooks").iterdir():
        file.unlink()
    message = refuse("run")
    assert "no notebooks in" in message
    assert "NN_name.py" in message


def test_runs_that_is_a_file(refuse, mini_root):
    (mini_root / "runs").write_text("")
    assert "cannot write runs to" in refuse("run")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_runs_that_cannot_be_written(refuse, mini_root):
    (mini_root / "runs").mkdir(mode=0o500)
    assert "cannot write runs to" in refuse("run")


def test_a_folder_in_runs_that_is_no_run(refuse, mini_root):
    (mini_root / "runs" / "mine").mkdir(parents=True)
    (mini_root / "runs" / "mine" / "notes.txt").write_text("mine")
    assert "is no run of this project" in refuse("run", "--name", "mine", "--force")


def test_a_root_that_is_no_checkout(asylum, tmp_path):
    answer = asylum("run", env={"ASYLUM_ROOT": str(tmp_path / "nowhere")})
    assert answer.returncode == 2
    assert "no checkout of the project found" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_notebook_that_there_is_not(refuse):
    assert "there is: 01_one, 02_two, 03_three" in refuse("check", "09_none")


def test_a_check_without_its_tests(refuse):
    message = refuse("check")
    assert "there is no tests/notebooks/test_guards.py" in message
    assert "asylum check needs a whole checkout" in message


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("claims/china.yml", "recipe: rises", "recipe: climbs", "china.yml: claim 4 (RFA-04)"),
        ("breaks.yml", "asylum:", "asylumm:", "breaks.yml: entry 1"),
        ("persons_per_case.yml", "asylum:", "asylumm:", "persons_per_case.yml: entry 1"),
        ("lodged.yml", "reason:", "reasons:", "lodged.yml: entry 1"),
        ("names.yml", "short:", "shorter:", "names.yml: entry"),
    ],
)
def test_a_malformed_hand_file_is_refused_before_a_kernel_starts(
    refuse, mini_root, name, old, new, said
):
    file = mini_root / "data" / "hand" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert said in refuse("run")


def test_an_empty_name_is_not_the_usual_one(refuse):
    for command in (["run"], ["batch", "--dry-run"]):
        assert "a run cannot be named ''" in refuse(*command, "--name", "")
