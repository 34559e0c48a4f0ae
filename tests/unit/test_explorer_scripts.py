"""What the explorer's scripts compute, held to Python's; and links, which must last."""

import csv
import io
import json
import random
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from cells import read_rows
from plain.explorer import get_explorer

from helpers.analysis import measures
from helpers.analysis.destinations import rank_destinations
from helpers.analysis.eras import clip_pair, compare_two, list_series, summarise_eras
from helpers.analysis.measures import find_main_destination, leave_out, select_origin
from helpers.analysis.thresholds import FEWEST_FOR_RATIO
from helpers.data.releases import load_core
from helpers.plots.style import PALETTE, assign_styles
from helpers.prose.words import say_share
from helpers.publish.explorer.build import PAGE, SCRIPTS, VENDOR
from helpers.publish.explorer.collect import BITS
from helpers.study import find_release, load_study_file

RELEASES = ("2022-mid", "2025-end")
CASES = Path(__file__).resolve().parents[1] / "data" / "find_cases.csv"
core_of = cache(load_core)
BASE = {"release": "2025-end", "origin": "CHN", "measure": "pending", "scale": "count",
        "places": "USA.AUS", "all": "1", "without": "main", "year": "2025", "from": "2000",
        "to": "2025", "eras": "china.full-years"}  # fmt: skip
# Those that need a document as soon as they are loaded.
OF_THE_PAGE = {"main", "check"}
RUN = """
const {library, scripts, data, code, given} = JSON.parse(require("fs").readFileSync(0, "utf8"));
globalThis.d3 = require(library);
data.forEach((file) => require(file));
const open = `function open(hash) {
  const {asked, notes} = readHash(hash);
  const one = fitOrigins(asked);
  const two = fitRest(one.view);
  return {view: two.view, notes: [...notes, ...one.notes, ...two.notes]};
}`;
const answer = new Function("given", [scripts, open, code].join("\\n"))(given);
console.log(JSON.stringify(answer === undefined ? null : answer));
"""


def evaluate(code: str, given: Any = None, folder: Path | None = None) -> Any:
    """Run JavaScript in the scripts' own scope, over data and what is given; return its answer.

    `open` turns a link into a view and notes. Skips the test where node is not installed.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node: the scripts' functions are tested where it is installed")
    data = [folder / "data.js", *sorted((folder / "origins").glob("*/*.js"))] if folder else []
    names = dict.fromkeys(name for parts in SCRIPTS.values() for name in parts)
    texts = [(PAGE / f"{name}.js").read_text("utf-8") for name in names if name not in OF_THE_PAGE]
    asked = {
        "library": str(VENDOR / "d3.min.js"), "scripts": "\n".join(texts),
        "data": [str(file) for file in data], "code": code, "given": given,
    }  # fmt: skip
    done = subprocess.run(
        [node, "-e", RUN], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def data():
    return get_explorer()


@pytest.fixture
def choose():
    """Choose at random; a failing test shows the seed."""
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    return random.Random(seed)


def link(**parts):
    kept = {name: value for name, value in (BASE | parts).items() if value is not None}
    return "#" + "&".join(f"{name}={value}" for name, value in kept.items())


def read_link(data, *links):
    return evaluate("return given.map(open)", list(links), data)


def build(data, *links):
    code = """return given.map((hash) => {
      const model = buildModel(open(hash).view);
      const lines = model.lines.map((line) => ({...line, figures: null}));
      const eras = model.eras?.rows.map((row) => ({...row, line: row.line.key}));
      return {lines, eras, csv: writeLines(model), ranking: model.ranking, base: model.base,
              title: makeTitle(model), subtitle: makeSubtitle(model),
              said: model.eras ? sayEras(model) : []};
    })"""
    return evaluate(code, list(links), data)


def read_csv(model):
    return list(csv.DictReader(io.StringIO(model["csv"])))


READ: list[tuple[str, dict[str, object]]] = [
    (link(), {
        "release": "2025-end", "origins": ["CHN"], "measure": "pending", "unit": "range",
        "level": "first", "scale": "count", "places": ["USA", "AUS"], "all": 1, "without": "main",
        "of": "CHN", "year": 2025, "from": 2000, "to": 2025, "eras": "china.full-years",
    }),
    # What a link leaves out is chosen for it; what older links held besides is passed over.
    ("", {"release": "2025-end", "origins": ["CHN"]}),
    ("#v=2&top=20&origin=HKG&release=2022-mid", {"origins": ["HKG"], "to": 2022, "year": 2022}),
    ("#ORIGIN=chn,Ven&Measure=Lodged", {"origins": ["CHN", "VEN"], "unit": "range"}),
    ("#origin=china&origin=Hong+Kong&origin=syr+ven", {"origins": ["CHN", "HKG", "SYR", "VEN"]}),
]  # fmt: skip


def test_a_link_is_read_as_it_was_written(data):
    answers = read_link(data, *(asked for asked, _ in READ))
    for (asked, shown), answer in zip(READ, answers, strict=True):
        assert answer["notes"] == [], asked
        assert answer["view"].items() >= shown.items(), asked


def test_every_view_survives_its_own_link(data, choose):
    links = [
        link(
            release=choose.choice(RELEASES),
            origin=choose.choice(["CHN", "HKG", "VEN", "IRQ", "CHN,VEN", "SYR,IRQ,CHN"]),
            measure=choose.choice(["pending", "lodged", "recognised"]),
            scale=choose.choice(["count", "index", "share"]),
            unit=choose.choice(["range", "persons", "cases"]),
            level=choose.choice(["first", "appeal"]),
            places=".".join(choose.sample(["USA", "AUS", "CAN", "GBR", "ZZZ"], 3)),
            all=choose.choice("01"), without=choose.choice(["none", "main", "largest"]),
            year=choose.randint(1998, 2027),
            **{"from": choose.randint(1998, 2027), "to": choose.randint(1998, 2027)},
        )
        for _ in range(60)
    ]  # fmt: skip
    code = """return given.map((hash) => {
      const first = open(hash).view;
      return [first, open(writeHash(first))];
    })"""
    unused = {"pending": {"unit": "range", "level": "first"}, "lodged": {"level": "first"}}
    for asked, (first, second) in zip(links, evaluate(code, links, data), strict=True):
        wanted = first | unused.get(first["measure"], {})
        assert second == {"view": wanted, "notes": []}, asked


IN_VAIN: list[tuple[dict[str, str | None], str, dict[str, object]]] = [
    ({"release": "2019-end"}, "There is no release “2019-end”", {"release": "2025-end"}),
    ({"origin": "XXX"}, "Origin “XXX” has no figure", {"origins": ["CHN"]}),
    ({"origin": "__proto__"}, "Origin “__PROTO__” has no figure", {"origins": ["CHN"]}),
    ({"origin": "CHN,XXX"}, "Origin “XXX” has no figure", {"origins": ["CHN"]}),
    ({"origin": "CHN,HKG,MAC,SYR,TUR,VEN", "places": None}, "At most 5 origins",
     {"origins": ["CHN", "HKG", "MAC", "SYR", "TUR"]}),
    ({"origin": "CHN,VEN"}, "Destinations are drawn for one origin alone", {"places": []}),
    ({"measure": "people"}, "Measure “people” is not known", {"measure": "pending"}),
    ({"measure": "constructor"}, "Measure “constructor” is not known", {"measure": "pending"}),
    ({"measure": "lodged", "unit": "heads"}, "Unit “heads” is not known", {"unit": "range"}),
    ({"measure": "lodged", "scale": "share"}, "A share is given of", {"scale": "count"}),
    ({"scale": "log"}, "Scale “log” is not known", {"scale": "count"}),
    ({"origin": "IRQ", "measure": "lodged", "places": None}, "totals of claims pending only",
     {"origins": ["IRQ"], "measure": "pending"}),
    ({"from": "1990"}, "Year 1990 lies outside release 2025-end", {"from": 2000}),
    ({"from": "2020", "to": "2010"}, "were swapped", {"from": 2010, "to": 2020}),
    ({"year": "soon"}, "Year must be a whole number, not “soon”", {"year": 2025}),
    ({"places": "USA.XXX"}, "reported at: XXX", {"places": ["USA"]}),
    ({"places": "USA.AUS.CAN.DEU.GBR.FRA"}, "At most 5 destinations",
     {"places": ["USA", "AUS", "CAN", "DEU", "GBR"]}),
    ({"of": "VEN"}, "“VEN” is not among the origins shown", {"of": "CHN"}),
    ({"eras": "china.decades"}, "There are no eras “china.decades”", {"eras": "none"}),
    ({"without": "everyone"}, "“everyone” is no way", {"without": "none"}),
    ({"year": "2024&year=2020"}, "gives year more than once; the first, “2024”,", {"year": 2024}),
    ({"__proto__": "a", "garbage": ""}, "does not know: __proto__, garbage", {}),
]  # fmt: skip


def test_what_a_link_asks_in_vain_is_said(data):
    answers = read_link(data, *(link(**parts) for parts, _, _ in IN_VAIN))
    for (parts, said, shown), answer in zip(IN_VAIN, answers, strict=True):
        (note,) = answer["notes"]
        assert said in note.replace("garbage, __proto__", "__proto__, garbage"), parts
        assert answer["view"].items() >= shown.items(), parts


def test_ranks_and_shares_are_pythons(data, choose):
    core = core_of("2025-end")
    stock, claims = (
        select_origin(frame, "CHN", range(2000, 2026))
        for frame in (core.pending, core.applications)
    )
    table = rank_destinations(stock, claims, core.countries)
    units = {"rank_persons": "persons", "rank_cases": "cases"}
    for year in choose.sample(range(2000, 2026), 3):
        here = table[table["year"] == year].set_index("asylum")
        links = [link(measure="lodged", unit=unit, year=year) for unit in units.values()]
        models = [{row["code"]: row for row in model["ranking"] if row["rank"]}
                  for model in build(data, link(year=year), *links)]  # fmt: skip
        for column, ranked in zip(("rank", *units), models, strict=True):
            wanted = here[here["pending"].gt(0)] if column == "rank" else here
            wanted = wanted[column].dropna().to_dict()
            assert {code: row["rank"] for code, row in ranked.items()} == wanted
        shares = here.loc[list(models[0]), "share"].astype(float).to_dict()
        assert {code: row["share"] for code, row in models[0].items()} == pytest.approx(shares)


@pytest.mark.parametrize("release", RELEASES)
def test_shares_and_indices_are_pythons(data, release):
    core, info = core_of(release), find_release(release)
    years = range(2000, info.newest_year + 1)
    stock = select_origin(core.pending, "CHN", years)
    main = find_main_destination(stock)
    share, index = build(
        data,
        link(release=release, scale="share", to=info.newest_year),
        link(release=release, scale="index", to=info.newest_year, **{"from": 2003}),
    )
    wanted = {}
    for each, code in (("all", None), ("without", main)):
        own, world = leave_out(stock, code), leave_out(core.by_asylum, code)
        wanted[each] = measures.measure_stocks(own, world, years)
    lines = {line["key"]: line["values"] for line in share["lines"]}
    for key, table in wanted.items():
        assert lines[key] == pytest.approx(table["share_of_world"].astype(float).tolist())
    total = stock.groupby("year")["pending"].sum()
    there = stock[stock["asylum"] == "AUS"].set_index("year")["pending"]
    assert lines["AUS"] == pytest.approx((there / total).reindex(years).astype(float).tolist())
    assert index["base"] == 2003
    assert "2003 = 100" in index["subtitle"]
    lines = {line["key"]: line["values"] for line in index["lines"]}
    wanted = (100 * there / there[2003]).reindex(range(2003, info.newest_year + 1))
    assert lines["AUS"] == pytest.approx(wanted.astype(float).tolist())


def test_origins_are_compared_on_sums_of_their_own_rows(data):
    asked = {"origin": "CHN,VEN", "places": None, "eras": "none"}
    plain, share = build(data, link(**asked), link(**asked, scale="share"))
    rows = read_rows("2025-end", "totals_by_origin")
    world = rows.groupby("year")["asylum_seekers"].sum()
    for line, part in zip(plain["lines"], share["lines"], strict=True):
        own = rows[rows["coo_iso"] == line["key"]].set_index("year")["asylum_seekers"]
        assert line["values"] == own.reindex(range(2000, 2026)).tolist()
        assert part["values"] == pytest.approx((own / world).tolist())


def test_a_handful_of_claims_is_no_base_of_an_index_and_of_no_ratio(data):
    own = load_study_file("hong-kong").boundaries[0].name
    asked = {"origin": "HKG", "places": None, "eras": f"hong-kong.{own}"}
    plain, index = build(data, link(**asked), link(**asked, scale="index"))
    counts = zip(*(line["values"] for line in plain["lines"]), strict=True)
    wanted = next(y for y, row in enumerate(counts, start=2000) if min(row) >= 100)
    assert index["base"] == wanted > 2000
    for model in (plain, index):
        assert model["eras"][0]["ratio"] is None


@pytest.mark.parametrize(("boundary", "measure", "scale", "kind"), [
    ("full-years", "pending", "count", "stock"), ("as-published", "lodged", "count", "flow"),
    ("terms", "pending", "share", "stock"),
])  # fmt: skip
def test_eras_are_summed_up_as_python_does(data, choose, boundary, measure, scale, kind):
    cut = next(b for b in load_study_file("china").boundaries if b.name == boundary)
    span = sorted(choose.sample(range(2000, 2023), 2))
    asked = link(
        release="2022-mid", measure=measure, scale=scale, unit="persons", places="USA.NOR",
        eras=f"china.{boundary}",
        **{"from": span[0], "to": span[1], "year": span[1]},
    )  # fmt: skip
    (model,) = build(data, asked)
    years = range(span[0], span[1] + 1)
    series = {line["key"]: pd.Series(line["values"], index=years, dtype="Float64")
              for line in model["lines"]}  # fmt: skip
    kinds, partial = dict.fromkeys(series, kind), {key: [2022] for key in series}
    series = list_series(pd.DataFrame(series), kinds, partial)
    frame = summarise_eras(series, cut, years)
    pairs = compare_two(series, *clip_pair(cut, years)).set_index("measure")
    names = {"measure": "measure", "name": "era", "mean": "mean_per_year", "from": "first_year",
             "to": "last_year", "known": "n_years"}  # fmt: skip
    cells = [cell | {"measure": row["line"]} for row in model["eras"] for cell in row["cells"]]
    shown = pd.DataFrame(cells, columns=list(names)).set_axis(list(names.values()), axis=1)
    shown, wanted = (each.set_index(["measure", "era"]).astype("float64").sort_index()
                     for each in (shown, frame[list(names.values())]))  # fmt: skip
    pd.testing.assert_frame_equal(shown, wanted, check_names=False)
    for row in model["eras"]:
        pair = pairs.reindex([row["line"]]).iloc[0]
        ratio = pair["ratio"]
        if scale == "share":  # a share has no least number of claims
            ratio = pair["later_mean"] / pair["earlier_mean"]
        assert row["ratio"] == (None if pd.isna(ratio) else pytest.approx(float(ratio)))
        assert row["isThin"] == (row["ratio"] is not None and bool(pair["is_thin"]))


def test_the_csv_holds_the_view_and_nothing_else(data):
    (model,) = build(data, link(places="AUS", **{"from": 2008, "to": 2012}))
    rows, core = read_csv(model), core_of("2025-end")
    stock = select_origin(core.pending, "CHN", range(2000, 2026))
    table = measures.measure_pending(stock, core.by_origin, range(2008, 2013), "USA")
    table = table.set_index("year")
    for name, column in {"all": "pending", "without_main": "pending_excl_main"}.items():
        own = {int(row["year"]): int(row["value"]) for row in rows if row["series"] == name}
        assert own == table[column].to_dict()
    assert {row["destination"] for row in rows if row["series"] == "destination"} == {"AUS"}
    assert len(rows) == 15
    assert {(row["release"], row["licence"]) for row in rows} == {("2025-end", "CC BY 4.0")}
    status = {int(row["year"]): row["status"] for row in rows if row["series"] == "all"}
    assert status == {2008: "b e", 2009: "b", 2010: "b", 2011: "b", 2012: "b"}


def test_missing_is_empty_a_reported_zero_is_0_and_a_half_year_is_provisional(data):
    links = (link(measure="lodged", unit="persons", places=None),
             link(places="GBR", all="0", without="none"),
             link(release="2022-mid", measure="lodged", to=2022, year=2022))  # fmt: skip
    missing, zero, half = build(data, *links)
    cells = [
        [(row["value"], row["period"]) for row in read_csv(model) if row["year"] == year]
        for model, year in ((missing, "2000"), (zero, "2006"), (half, "2022"))
    ]
    assert [value for value, _ in cells[0]] == ["", ""]
    assert missing["lines"][0]["values"][0] is None
    assert cells[1][0][0] == "0"
    assert zero["lines"][0]["values"][6] == 0
    assert {period for _, period in cells[2]} == {"mid"}
    for line in half["lines"]:
        assert line["values"][-1] is None or "p" in line["status"][-1].split()


def test_titles_are_of_the_line_and_the_years_shown(data):
    said = [each["title"] for each in build(
        data,
        link(places=None),
        link(places=None, **{"from": 2003, "to": 2009}),
        link(all="0", without="none", places="CAN"),
        link(places=None, measure="lodged", **{"from": 2024, "to": 2025}),
        link(places=None, **{"from": 2025}),
        link(origin="CHN,VEN", places=None),
        link(origin="MAC", measure="recognised", level="appeal", unit="cases", places=None),
    )]  # fmt: skip
    assert said == [
        "Claims pending from China: 99,716 to 185,726 in 2025",
        "Claims pending from China, 2003 to 2009: at least 18,325 in 2009",
        "Claims pending from China in Canada: highest in 2025, at 7,304 to 7,317",
        "Claims lodged from China, in persons, 2024 to 2025: highest in 2024, at 55,594 to 139,725",
        "Claims pending from China, 2025: 99,716 to 185,726",
        "Claims pending, 2025: Venezuela 1,181,156 to 1,511,442, China 99,716 to 185,726",
        "Claims from Macao recognised on appeal or review, counted in cases: no figure reported",
    ]
    model, flow = build(data, link(places=None), link(places=None, measure="lodged"))
    assert "Hu era, across the breaks of 2005" in model["said"][0]
    assert "(as reported: in some years no upper" in model["said"][0]
    assert " 1.04 to 1.72 times as many " in flow["said"][0]


def test_a_printed_number_is_found_as_the_command_finds_it(data):
    cases = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
    code = """return given.map(({number, years, origin}) => {
      const [hit] = search(readPrinted(number), buildSeries(origin), readYears(years)).hits;
      return hit ? [hit.measure, hit.place, hit.kind, String(hit.first), String(hit.last),
                    hit.match, hit.verdict, hit.value] : null;
    })"""
    names = ("measure", "place", "kind", "first_year", "last_year", "match", "verdict")
    for case, found in zip(cases, evaluate(code, cases, data), strict=True):
        value = pytest.approx(float(case["value"] or 0), abs=1e-6)
        assert found == ([*(case[name] for name in names), value] if case["kind"] else None), case


def test_what_is_no_number_or_no_span_of_years_is_refused():
    code = """return [["", "0", "12 of 30", "about", "0,4", "-5", "−5%"].map(readPrinted),
      [" ", "2012", "2012 to 2021", "2021-2012", "12"].map(readYears)]"""
    years = [None, [2012, 2012], [2012, 2021], None, None]
    assert evaluate(code) == [[None] * 7, years]


def test_scripts_and_python_share_numbers_words_and_colours():
    code = """return [TOUCHES, FEWEST_FOR_RATIO, [0, 0.0004, 0.0213, 0.4567].map(sayShare)]"""
    touches, fewest, shares = evaluate(code)
    assert fewest == FEWEST_FOR_RATIO
    assert touches == {"all": BITS["total"], "place": BITS["place"],
                       "main": BITS["without"], "largest": BITS["rest"]}  # fmt: skip
    assert shares == [say_share(value) for value in (0, 0.0004, 0.0213, 0.4567)]
    sheet = (PAGE / "explorer.css").read_text(encoding="utf-8")
    assert tuple(re.findall(r"--line-\d: light-dark\((#\w+)", sheet)) == PALETTE
    text = [style.text for style in assign_styles(map(str, range(6))).values()]
    assert re.findall(r"--name-\d: light-dark\((#\w+)", sheet) == text
