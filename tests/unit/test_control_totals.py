"""Control totals: each check passes on frames that agree and fails on one that does not."""

import datetime as dt
from io import StringIO

import pandas as pd
import pytest

from helpers.data.control_totals import check_controls
from helpers.data.releases import Core
from helpers.study import ReleaseInfo

INFO = ReleaseInfo(
    name="2001-end", title="two years", published=dt.date(2002, 6, 1), first_year=2000,
    newest_year=2001, period="end", origins=("CHN",),
)  # fmt: skip
TABLES = {
    "pending": """year origin asylum pending refugees
        1999 CHN DEU 0 5
        2000 CHN DEU 10 6
        2000 CHN USA 20 7
        2001 CHN USA 40 8""",
    "applications": """year asylum origin authority stage_code level_code unit applied
        2000 DEU CHN G N FI persons 8
        2000 DEU CHN U N FI persons 2""",
    "decisions": """year asylum origin level_code unit recognised other rejected closed total
        2000 DEU CHN FI persons 5 0 5 0 10""",
    "by_origin": """year origin refugees pending
        2000 CHN 13 30
        2000 UNK 0 5
        2001 CHN 8 40""",
    "by_asylum": """year asylum pending pending_unknown_origin pairs_in_both_years pairs_unchanged
        2000 DEU 15 5 3 0
        2000 USA 20 0 3 1
        2001 USA 40 0 3 3""",
    "applications_by_asylum": """year asylum stage_code level_code unit applied \
        applied_unknown_origin
        2000 DEU N FI persons 10 0""",
    "decisions_by_asylum": """year asylum level_code unit recognised other rejected closed total \
        total_unknown_origin
        2000 DEU FI persons 5 0 5 0 10 0""",
    "quality": """table rule action rows
        population no_figure dropped 1""",
    "rows": """table year recorded read kept
        population 2000 3 3 2""",
}  # fmt: skip


def read(text: str) -> pd.DataFrame:
    frame = pd.read_csv(StringIO(text), sep=r"\s+", keep_default_na=False)
    counts = [name for name in frame if frame[name].dtype == "int64" and name != "year"]
    return frame.astype(dict.fromkeys(counts, "Int64"))


def make_core(**tables: pd.DataFrame) -> Core:
    frames = {name: read(text) for name, text in TABLES.items()} | tables
    return Core(**frames, countries=pd.DataFrame())


def list_failed(core: Core, info: ReleaseInfo = INFO) -> dict[str, list[str]]:
    checked = check_controls(core, info)
    failed = checked[~checked["is_ok"]]
    return failed.groupby("check")["scope"].agg(list).to_dict()


def test_frames_that_agree_pass_every_check():
    checked = check_controls(make_core(), INFO)
    assert checked["is_ok"].all()
    assert set(checked["check"]) == {
        "world_pending", "unknown_pending", "destinations_pending", "destinations_refugees",
        "pairs_within_asylum", "applications_within_asylum", "decisions_within_asylum",
        "years_of_pending", "years_of_applications", "years_of_decisions", "parts_within_whole",
        "rows_recorded", "rows_accounted",
    }  # fmt: skip
    assert (checked["difference"] == checked["found"] - checked["expected"]).all()
    scopes = checked.set_index("check")["scope"]  # years before the totals begin are left out
    assert scopes["destinations_pending"].tolist() == ["CHN 2000", "CHN 2001"]


@pytest.mark.parametrize(("table", "row", "values", "failed"), [
    ("by_origin", 1, {"pending": 6}, {"world_pending": ["2000"], "unknown_pending": ["2000"]}),
    ("pending", 1, {"pending": 11}, {"destinations_pending": ["CHN 2000"]}),
    ("pending", 3, {"refugees": 9}, {"destinations_refugees": ["CHN 2001"]}),
    ("pending", 3, {"pending": 41},
     {"destinations_pending": ["CHN 2001"], "pairs_within_asylum": ["2001"]}),
    ("pending", 3, {"year": 1999},  # a total without any destination
     {"destinations_pending": ["CHN 2001"], "destinations_refugees": ["CHN 2001"],
      "years_of_pending": ["2001"]}),
    ("applications", 1, {"applied": 3}, {"applications_within_asylum": ["2000"]}),
    ("applications", 1, {"unit": "cases"}, {"applications_within_asylum": ["2000"]}),
    ("decisions", 0, {"year": 2001},  # a year that only one of two tables has
     {"decisions_within_asylum": ["2001"], "years_of_decisions": ["2000", "2001"]}),
    ("decisions", 0, {"rejected": 6}, {"decisions_within_asylum": ["2000"]}),
    ("by_asylum", 2, {"pairs_unchanged": 4},
     {"parts_within_whole": ["by_asylum pairs_unchanged 2001"]}),
    ("rows", 0, {"recorded": 4}, {"rows_recorded": ["population 2000"]}),
    ("rows", 0, {"kept": 1}, {"rows_accounted": ["population"]}),
    ("quality", 0, {"action": "kept"}, {"rows_accounted": ["population"]}),
])  # fmt: skip
def test_one_wrong_figure_fails_its_check_and_no_other(table, row, values, failed):
    changed = read(TABLES[table])
    changed.loc[row, list(values)] = list(values.values())
    assert list_failed(make_core(**{table: changed})) == failed


def test_a_release_that_holds_every_origin_lacks_none_of_the_whole():
    whole = INFO.model_copy(update={"origins": ("CHN", "UNK")})
    pending = read(TABLES["pending"] + "\n        2000 UNK DEU 5 0")
    fewer = read(TABLES["applications"]).drop(index=1)
    assert list_failed(make_core(pending=pending), whole) == {}
    assert list_failed(make_core(applications=fewer)) == {}
    assert list_failed(make_core(pending=pending, applications=fewer), whole) == {
        "applications_within_asylum": ["2000"]
    }
    lost = pending.drop(index=1)
    assert list_failed(make_core(pending=lost), whole)["pairs_within_asylum"] == ["2000"]
