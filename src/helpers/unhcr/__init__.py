"""The next release, from UNHCR's Refugee Statistics API.

`whole` asks and `pages` and `joins` check; `tables` makes a release's files, `period` and
`compare` set them beside what is on file, `release` and `store` bring them into data/raw.
"""
