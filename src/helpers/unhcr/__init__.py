"""The next release, from UNHCR's Refugee Statistics API."""
