"""The study files: eras that meet, events with sources, an origin that is on file."""

import pytest

from helpers.analysis.eras import clip_era
from helpers.analysis.sensitivity import list_transitions
from helpers.data.hand import choose_title
from helpers.study import Study, list_studies, load_study_file

NAMES = list_studies()
YEARS = range(2000, 2026)


def test_each_origin_has_a_study_of_its_own():
    origins = [load_study_file(name).origin for name in NAMES]
    assert len(set(origins)) == len(origins)
    assert {"CHN", "HKG", "VEN", "NIC", "TUR", "RUS", "AFG", "BLR", "MMR"} <= set(origins)


@pytest.mark.parametrize("name", NAMES)
class TestStudy:
    def test_it_resolves_on_the_newest_release(self, name):
        scope = Study.resolve(study=name)
        assert set(scope.file.comparators) <= set(scope.info.origins)
        assert scope.origin not in scope.file.comparators

    def test_transitions_leave_both_eras_some_years(self, name):
        boundary = load_study_file(name).boundaries[0]
        earlier, later = boundary.pair
        transitions = list_transitions(boundary)
        assert len(transitions) == 4
        assert later.first in transitions
        assert len(clip_era(earlier, YEARS)) > 2
        assert transitions[-1] in clip_era(later, YEARS)

    def test_each_boundary_has_open_ends_and_a_title_and_sources_of_its_own(self, name):
        boundaries = load_study_file(name).boundaries
        assert len({boundary.title for boundary in boundaries}) == len(boundaries) >= 2
        assert all((each.eras[0].first, each.eras[-1].last) == (None, None) for each in boundaries)
        assert all(source.note for boundary in boundaries for source in boundary.sources)


def test_another_origin_brings_its_own_eras_or_none():
    own, other = Study.resolve(origin="VEN"), Study.resolve(origin="SYR")
    assert (own.study, own.boundary) == ("china", load_study_file("venezuela").boundaries[0])
    assert own.file.claims == "venezuela"
    assert other.study == "china"
    assert choose_title(own) == load_study_file("venezuela").title
    assert choose_title(other) == "Asylum-seekers from Syria"
    assert (other.boundary, other.file.claims, other.file.comparators) == (None, None, ())
