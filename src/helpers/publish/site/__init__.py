"""The site: pure functions from the study's material to the source pages that Sphinx builds."""
