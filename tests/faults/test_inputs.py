"""Bad input: refused with code 2, a message that says what would be right, nothing changed."""

import json
import os
import shutil
from functools import partial

import pytest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--year-to abc", "--year-to 'abc' whole"),
        ("--year-to 2021.0", "--year-to '2021.0' whole"),
        ("--year-to 1990", "1990 2000 to 2022"),
        ("--year-to 2023", "2023 2000 to 2022"),
        ("--year-from 2010 --year-to 2005", "2010 2005 swap"),
        ("--origin XXX", "XXX CHN"),
        ("--origin chn", "chn mean CHN?"),
        ("--origin CHI", "UNHCR's own code; CHN"),
        ("--release 2030-end", "2030-end 2022-mid"),
        ("--release 2022-MID", "mean 2022-mid?"),
        ("--release ..", ".. 2022-mid"),
        ("--study chna", "chna mean china?"),
        ("--study -x", "'-x' there is: china"),
        ("--origin TIB --year-from 2018", "no claim from TIB 2018 to 2022 2005"),
        ("--origin MAC --year-to 2000", "no claim from MAC 2001 to 2022"),
        ("--top-n 0", "top_n between 1 and"),
        ("--top-n 1.5", "--top-n whole"),
        ("--name ../x", "../x letters, digits"),
        ("--name x.failed", "x.failed not ending in"),
        ("--workers -1", "--workers greater than or equal to 0"),
        ("--kernel python3", "No such option"),
        ("--origins CHN", "No such option --origin"),
        ("extra", "unexpected extra argument"),
    ],
)
def test_a_bad_parameter(refuse, arguments, said):
    message = refuse("run", *arguments.split())
    assert [words for words in said.split() if words not in message] == []


def test_commands_and_names_that_there_are_not(refuse):
    assert "No such command" in refuse("runn")
    assert "there is: 01_one, 02_two, 03_three" in refuse("check", "09_none")
    for command in ("run", "batch"):
        assert f"a {command} cannot be named ''" in refuse(command, "--name", "")
    assert "UNHCR's own code; ISO3 is CHN" in refuse("batch", "--origins", "HKG,CHI")


def test_the_version_is_said(ask_in, mini_root):
    answer = ask_in(mini_root, "--version")
    assert (answer.returncode, answer.stdout[:8]) == (0, "asylum 0")


def spoil(root, name, damage):
    """Change a file: by a text in its place, or by a function of its text."""
    file = root / name
    text = file.read_text(encoding="utf-8")
    changed = damage(text) if callable(damage) else damage
    assert changed != text
    file.write_text(changed, encoding="utf-8")


def change_package(change, text):
    package = json.loads(text)
    package["resources"][0] |= change
    return json.dumps(package)


STUDY, PACKAGE = "data/hand/studies/china.yml", "data/raw/2022-mid/datapackage.json"
BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n"


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        ("data/raw/2022-mid/population.csv", lambda text: text + "2022,CHN\n",
         "population.csv is not the file that datapackage.json records"),
        *[(PACKAGE, text, "2022-mid/datapackage.json cannot be used")
          for text in ("{", "[]", "{}", '{"release": {"name": "2022-mid"}}', "[" * 99_999)],
        *[(PACKAGE, partial(change_package, change), said) for change, said in [
            ({"hash": None}, "resources.0.hash"),
            ({"rows": "many"}, "resources.0.rows"),
            ({"path": "/etc/passwd"}, "resources.0.path: '/etc/passwd' is not written as it"),
            ({"path": "notes.csv"}, "does not list population"),
        ]],
        *[(STUDY, text, "study file china.yml cannot be used")
          for text in (": :", "[]", "", "study: china\norigin: China\n", "\x00", "[" * 9_999)],
        (STUDY, lambda text: BOMB + text, "refers to an anchor within an anchor"),
        (STUDY, lambda text: text + "#" * 1_000_000, "is too large: at most 1,000,000 bytes"),
        (STUDY, lambda text: text.replace("compare: [Hu, Xi]", "compare: [Xi, Hu]"), "earlier era"),
        (STUDY, lambda text: text.replace("compare: [Hu, Xi]", "compare: [Hu, Hu]"), "earlier era"),
        (STUDY, lambda text: text.replace("last: 2002", "last: 1999", 1), "do not meet"),
        *[(STUDY, lambda text, old=old, new=new: text.replace(old, new, 1), said)
          for old, new, said in [
              ("title: ", "title: =1+1 ", "a formula in"),
              ("title: ", 'title: "\\e[2J" #', "holds a control character"),
              ("last: 2002", "lasst: 2002", "lasst: is no known key"),
              ("url: http", "url: javascript", "is not written as it must be"),
              ("[HKG,", "[QQQ,", "'QQQ' is no other origin to compare"),
              ("[HKG,", "[CHN,", "'CHN' is no other origin to compare"),
              ("last: 2002", f"last: {'9' * 5000}", "is no YAML"),
          ]],
        *[(f"data/hand/{name}", lambda text, old=old, new=new: text.replace(old, new, 1), said)
          for name, old, new, said in [
              ("claims/china.yml", "recipe: rises", "recipe: climbs", "china.yml: claim 4"),
              ("breaks.yml", "asylum:", "asylumm:", "breaks.yml: entry 1"),
              ("persons_per_case.yml", "asylum:", "asylumm:", "persons_per_case.yml: entry 1"),
              ("lodged.yml", "reason:", "reasons:", "lodged.yml: entry 1"),
              ("names.yml", "short:", "shorter:", "names.yml: entry"),
              ("populations.yml", "people:", "peoples:", "populations.yml: entry 1"),
          ]],
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_before_a_kernel_starts(refuse, mini_root, name, damage, said):
    spoil(mini_root, name, damage)
    message = refuse("run")
    assert said in message
    assert "pydantic" not in message


def lose(file):
    file.unlink()


def make_pipe(file):
    file.unlink()
    os.mkfifo(file)


def rename(folder):
    folder.rename(folder.with_name("2030-end"))


def link_staging(root):
    (root / "runs").mkdir()
    (root / "runs" / ".staging").symlink_to(root / "data")


def make_folder(file):
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("name", "happen", "said"),
    [
        ("data/raw/2022-mid/asylum_decisions.csv", lose, "asylum_decisions.csv is missing"),
        ("data/raw/2022-mid", shutil.rmtree, "no release is on file"),
        ("data/raw/2022-mid", rename, "it describes release '2022-mid'"),
        (".", link_staging, "runs/.staging is a link"),
        (PACKAGE, make_folder, "datapackage.json is no plain file"),
        (STUDY, make_pipe, "china.yml is no plain file"),
        (STUDY, make_folder, "china.yml is no plain file"),
    ],
)
def test_what_is_not_there_or_no_file(refuse, mini_root, name, happen, said):
    happen(mini_root / name)
    assert said in refuse("run")


def test_names_of_studies_and_folders_of_other_tools(refuse, ask_in, mini_root):
    for name in (".ipynb_checkpoints", "notes"):
        (mini_root / "data" / "raw" / name).mkdir()
    assert ask_in(mini_root, "releases").returncode == 0
    shutil.copy(mini_root / STUDY, mini_root / "data/hand/studies/a b.yml")
    assert "a study cannot be named 'a b'" in refuse("run", "--study", "a b")


def test_no_notebooks(refuse, mini_root):
    for file in (mini_root / "notebooks").iterdir():
        file.unlink()
    message = refuse("run")
    assert "no notebooks in" in message
    assert "NN_name.py" in message


def test_runs_that_is_a_file_or_cannot_be_written(refuse, mini_root):
    (mini_root / "runs").write_text("")
    assert "cannot write runs to" in refuse("run")
    if os.geteuid():  # root may write everywhere
        (mini_root / "runs").unlink()
        (mini_root / "runs").mkdir(mode=0o500)
        assert "cannot write runs to" in refuse("run")


def test_a_folder_in_runs_that_is_no_run(refuse, mini_root):
    (mini_root / "runs" / "mine").mkdir(parents=True)
    (mini_root / "runs" / "mine" / "notes.txt").write_text("mine")
    assert "is no run of this project" in refuse("run", "--name", "mine", "--force")


def test_what_the_system_refuses_is_said_with_what_to_do(refuse, mini_root):
    (mini_root / "data/hand/studies").rename(mini_root / "data/hand/kept")
    (mini_root / "data/hand/studies").write_text("")
    message = refuse("new-study", "MAC", "--name", "mine")
    assert "data/hand/studies" in message
    assert "move the file away" in message
    assert "Error" not in message


def test_a_root_that_is_no_checkout(asylum, tmp_path):
    answer = asylum("run", env={"ASYLUM_ROOT": str(tmp_path / "nowhere")})
    assert answer.returncode == 2
    assert "no checkout of the project found" in answer.stderr
    assert "Traceback" not in answer.stderr
