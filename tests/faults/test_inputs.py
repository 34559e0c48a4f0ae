"""Bad input: refused with code 2, a message that says what would be right, nothing changed."""

import json
import os
import re
import shutil
from functools import partial

import pytest

from helpers.data.datapackage import measure_bytes


@pytest.mark.parametrize(("arguments", "said"), [
    ("--workers nan", "--workers must be a whole number"),
    ("--year-to 2021.0", "--year-to '2021.0' whole"),
    ("--year-to 1990", "1990 2000 to 2022"),
    ("--year-to 2023", "2023 2000 to 2022"),
    ("--year-from 2010 --year-to 2005", "2010 2005 swap"),
    ("--top-n 99999999999", "top_n between 1 and not 99999999999"),
    (f"--origin {'9' * 5_000}", "'99999 there is: CHN"),
    ("--origin china", "mean CHN (China)?"),
    ("--year-to 02021", "'02021' is no whole number"),
    ("--origin CHI", "UNHCR's own code; CHN"),
    ("--release 2022-MID", "mean 2022-mid?"),
    ("--release ..", ".. 2022-mid"),
    ("--release=", "release must not be empty newest"),
    ("--study -x", "'-x' there is: china"),
    ("--origin TIB --year-from 2018", "no claim from TIB 2018 to 2022 2005"),
    ("--origin MAC --year-to 2000", "no claim from MAC 2001 to 2022"),
    ("--top-n 0", "top_n between 1 and"),
    ("--top-n 1.5", "--top-n whole"),
    ("--name x.failed", "x.failed not ending in"),
    ("--workers -1", "--workers must be 0 or more"),
    ("--origins CHN", "No such option --origin"),
    ("extra", "unexpected extra argument"),
])  # fmt: skip
def test_a_bad_parameter(refuse, arguments, said):
    message = refuse("run", *arguments.split())
    assert [words for words in said.split() if words not in message] == []


@pytest.mark.parametrize(("command", "said"), [
    ("runn", "No such command"),
    ("check 09_none", "there is: 01_one, 02_two, 03_three"),
    ("run --name=", "a run cannot be named ''"),
    ("batch --name=", "a batch cannot be named ''"),
    ("batch --origins HKG,CHI", "UNHCR's own code; ISO3 is CHN"),
    ("batch --workers 100000000", "or less"),
    ("batch --retries 100000000", "or less"),
    ("batch --years 2012 --scheduler tcp://me:word@h:1", "takes an address"),
    ("fetch --retries 100000000", "--retries"),
    ("claims --id SD05", "(did you mean SD-05?)"),
    ("claims --id SD-5", "(did you mean SD-05?)"),
    ("claims --format xml", "unknown format 'xml'; there is: text, csv, json"),
    ("claims --study hong-kong", "study hong-kong has no claims file"),
    ("claims --file chinq", "unknown claims file 'chinq' (did you mean china?)"),
    ("claims --release 2030-end", "unknown release '2030-end'"),
    (f"find {'9' * 400}", "is too long for a number"),
    ("find 5 --origin XXX", "unknown origin 'XXX'"),
])  # fmt: skip
def test_commands_and_names_that_there_are_not(refuse, command, said):
    message = refuse(*command.split())
    assert said in message
    assert "word" not in message


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


@pytest.mark.parametrize(("name", "damage", "said"), [
    ("data/raw/2022-mid/population.csv", lambda text: text + "2022,CHN\n",
     "population.csv is not the file that datapackage.json records"),
    *[(PACKAGE, text, "2022-mid/datapackage.json cannot be used")
      for text in ("{", "[]", "{}", '{"release": {"name": "2022-mid"}}', "[" * 99_999)],
    *[(PACKAGE, partial(change_package, change), said) for change, said in [
        ({"hash": None}, "resources.0.hash"),
        ({"rows": "many"}, "resources.0.rows"),
        ({"rows": 10**30}, "resources.0.rows: must be 1000000000 or less"),
        ({"path": "/etc/passwd"}, "resources.0.path: '/etc/passwd' is not written as it"),
        ({"path": "notes.csv"}, "holds population.csv, which its datapackage.json"),
    ]],
    *[(PACKAGE, lambda text, new=new: json.dumps(json.loads(text) | {"resources": new}),
       "2022-mid/datapackage.json cannot be used") for new in (3, [1])],
    (PACKAGE, lambda text: text.replace('"first_year": 20', '"first_year": 21'),
     "first_year 2100 lies after"),
    (PACKAGE, lambda text: text.replace('"first_year": 20', '"first_year": 19'),
     "release.first_year: must be 2000 or more"),
    *[(STUDY, text, "study file china.yml cannot be used")
      for text in (": :", "[]", "", "study: china\norigin: China\n", "\x00", "[" * 9_999,
                  "? " * 30_000, "study: " + "[" * 100_000, "{a: " * 40_000,
                  "a: &a x\nb: [" + "*a, " * 999 + "]", "5: x", "study: 5\n")],
    (STUDY, "".join(f"k{i}: 1\n" for i in range(19_000)) + "k0: 1\n", "'k0' stands twice"),
    *[(STUDY, f"study: china\norigin: {number}\n", "… is too long for a number")
      for number in ("0x" + "f" * 10_000, "1" + ":59" * 20_000, "9" * 5_000)],
    (STUDY, lambda text: BOMB + text, "refers to an anchor within an anchor"),
    (STUDY, lambda text: text + "#" * 1_000_000, "is too large: at most 200,000 bytes"),
    (STUDY, lambda text: text.replace("compare: [Hu, Xi]", "compare: [Xi, Hu]"), "earlier era"),
    (STUDY, lambda text: text.replace("compare: [Hu, Xi]", "compare: [Hu, Hu]"), "earlier era"),
    (STUDY, lambda text: text.replace("last: 2002", "last: 1999", 1), "do not meet"),
    *[(STUDY, lambda text, old=old, new=new: text.replace(old, new, 1), said)
      for old, new, said in [
          ("title: ", "title: =1+1 ", "a formula in"),
          ("title: ", 'title: "\\e[2J" #', "holds a control character"),
          ("last: 2002", "lasst: 2002", "lasst: is no known key"),
          ("handover: 2012", "handover: 2010", "no era begins in 2010 or the year after"),
          ("url: http", "url: javascript", "is not written as it must be"),
          ("url: https://", "url: https://me:word@", "is not written as it must be"),
          ("[HKG,", "[QQQ,", "'QQQ' is no other origin to compare"),
          ("[HKG,", "[CHN,", "'CHN' is no other origin to compare"),
          ("last: 2002", "last: soon", "boundaries.0.eras.0.last: must be a whole number"),
          ("title: ", "title: 5 #", "title: must be text"),
          ("title: ", 'title: "" #', "title: must not be empty"),
          ("title: ", "title: [ #", "is no YAML: while parsing a flow sequence\n  at line"),
      ]],
    *[(f"data/hand/{name}", lambda text, old=old, new=new: text.replace(old, new, 1), said)
      for name, old, new, said in [
          ("claims/china.yml", "recipe: rises", "recipe: climbs", "china.yml: claim 4"),
          ("breaks.yml", "years: [2002]", "years: []", "years: must have 1 or more"),
          ("breaks.yml", "unit_change", "unit_chagne", "entry 1 (USA 2002): kinds.0"),
          ("breaks.yml", "status: rows", "status: certain", "entry 1 (USA 2002): status"),
          ("breaks.yml", "reason:", "raison:", "raison: is no known key"),
          ("breaks.yml", "    sources:", "    sauces:", "entry 1 (USA 2002): sources"),
          ("breaks.yml", "releases: [2024-end", "releases: [2022-end", "shown_by.release"),
          ("persons_per_case.yml", "last: 2009", "last: 2010", "the same years"),
          ("persons_per_case.yml", "last: 2009", "last: 1999", "2000 lies after last 1999"),
          ("breaks.yml", "asylum:", 'asylum: "\\e[31m" #', "entry 1 (\\x1b[31m 2002)"),
          ("breaks.yml", "years: [", "years: [.inf, ", "years.0: must be a number"),
          ("lodged.yml", "years: [", "years: [2207, ", "years.0: must be 2100 or less"),
          ("populations.yml", "people:", "last: 2207\n    people:", "last: must be 2100"),
          ("claims/china.yml", "sees: 2", "sees: 3", "lies after its date"),
          ("breaks.yml", "asylum: ", "asylum: QQQ #", "'QQQ' is no code of countries.csv"),
          ("persons_per_case.yml", "levels: [IN", "levels: [In", "'In' is no decision level"),
          ("lodged.yml", "stages: [NR", "stages: [NX", "'NX' is no application type"),
          ("placebos.yml", "origins: [", "origins: [QQQ, ", "placebos.yml: 'QQQ' is no code"),
          ("names.yml", "short:", "shorter:", "must be 'short', 'prose' or 'also'"),
          ("names.yml", "short: Bolivia", "short: ", "names.BOL.short: must be text"),
      ]],
])  # fmt: skip
def test_a_damaged_file_is_refused_before_a_kernel_starts(refuse, mini_root, name, damage, said):
    spoil(mini_root, name, damage)
    message = refuse("run")
    assert said in message
    assert not re.search("pydantic|Input should|4300|instance of|\x1b", message)


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


def make_loop(file):
    file.unlink(missing_ok=True)
    file.symlink_to(file.name)


def add(file):
    file.write_text("year\n2000\n")


TOTALS, STOCKS, LODGED = "totals_by_origin", "population", "asylum_applications"


def record(name, change, folder):
    """Change a table, by a function of its text or a text for another, and record it as it is."""
    file, package = folder / name, folder / "datapackage.json"
    text = file.read_text()
    changed = change(text) if callable(change) else text.replace(*change, 1)
    assert changed != text
    file.write_text(changed)
    described = json.loads(package.read_text())
    for each in described["resources"]:
        if each["path"] == file.name:
            each |= measure_bytes(file.read_bytes())
    package.write_text(json.dumps(described))


@pytest.mark.parametrize(("name", "happen", "said"), [
    ("data/raw/2022-mid/asylum_decisions.csv", lose, "asylum_decisions.csv is missing"),
    ("data/raw/countries.csv", lose, "countries.csv is missing"),
    (PACKAGE, lose, "2022-mid/datapackage.json is missing"),
    ("data/raw/2022-mid/extra.csv", add, "extra.csv"),
    ("data/raw/2022-mid/population.csv.gz", add, "population.csv.gz"),
    ("data/raw/2022-mid", shutil.rmtree, "no release is in "),
    ("data/raw/2022-mid", rename, "it describes release '2022-mid'"),
    (".", link_staging, "runs/.staging is a link"),
    *[(name, happen, f"{name} is no plain file")
      for name in ("data/raw/countries.csv", "data/raw/datapackage.json", PACKAGE,
                   "data/raw/2022-mid/totals_by_origin.csv", STUDY)
      for happen in (make_pipe, make_folder)],
    ("data/hand/pipe.yml", os.mkfifo, "data/hand/pipe.yml is no plain file"),
    ("data/hand/loop.yml", make_loop, "data/hand/loop.yml is no plain file"),
    ("data/raw/countries.csv", make_loop, "countries.csv cannot be read: too many"),
    ("data/raw/countries.csv", lambda file: file.write_text("a\n"), "countries.csv lacks"),
    *[("data/raw/2022-mid", partial(record, f"{table}.csv", change), said)
      for table, change, said in [
          (TOTALS, partial(re.sub, r"(\n.*,)\d*\n", r"\1\n", count=1), "asylum_seekers"),
          (TOTALS, lambda text: text + ",CHN,CHN,1,1\n", "totals_by_origin"),
          (TOTALS, lambda text: text.partition("\n")[0] + "\n", "totals_by_origin"),
          (STOCKS, partial(re.sub, r"\n\d{4},", "\n,", count=1), "for column 'year'"),
          (STOCKS, partial(re.sub, r",\d+,\d*\n", f",{2**70},\n", count=1),
           "Row #2: CSV conversion error"),
          (STOCKS, lambda text: text + "2022,CHN\n", "Expected 8 columns, got 2: 2022,CHN"),
          (STOCKS, (",1120000,", ",-1120000,"), "refugees is below 0 in 1 row: line 2"),
          (STOCKS, (",1120000,", f",{2**63 - 1},"), "refugees is above 1,000,000,000"),
          (STOCKS, (",1120000,", ",,"), "column refugees is empty in 1 row: line 2"),
          (STOCKS, (",CHI,", ",chi,"), "column coo does not match"),
          (STOCKS, (",MAC,MAC,", ",HKG,HKG,"), "column year/coo/coa repeats a key"),
          (LODGED, (",P,", ",F,"), "column app_pc does not match P|C in 1 row"),
          (LODGED, (",N,", ",n!,"), "column app_type does not match"),
      ]],
])  # fmt: skip
def test_what_is_not_there_or_no_file(refuse, mini_root, name, happen, said):
    happen(mini_root / name)
    assert said in refuse("run")


def test_names_of_studies_and_folders_of_other_tools(refuse, ask_in, mini_root):
    raw = mini_root / "data" / "raw"
    for name in (".ipynb_checkpoints", "notes"):
        (raw / name).mkdir()
    (raw / "notes" / "x.csv").write_text("a\n")
    shutil.copytree(raw / "2022-mid", raw / "copy")
    answer = ask_in(mini_root, "releases")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert [line.split()[0] for line in answer.stdout.splitlines()] == ["name", "2022-mid"]
    assert "unknown release 'copy'; there is: 2022-mid" in refuse("run", "--release", "copy")
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
