"""The next release, from UNHCR's API; the commands read their options from the annotations here."""

from dataclasses import dataclass
from typing import Annotated, Literal

from typer import Option


@dataclass(frozen=True, kw_only=True)
class FetchOptions:
    """What both commands take: options, their defaults and their help."""

    period: Annotated[
        Literal["mid", "end"] | None,
        Option(help="What the newest year is, where the calendar cannot tell."),
    ] = None
    api_url: Annotated[str, Option(envvar="ASYLUM_API_URL", help="Another address of the API.")] = (
        "https://api.unhcr.org/population/v1/"
    )
    rate: Annotated[float, Option(min=0.001, max=1000, help="Requests a second at most.")] = 4.0
    page_size: Annotated[int, Option(min=1, max=20_000, help="Rows a page.")] = 10_000
    timeout: Annotated[float, Option(min=0.01, max=3600, help="Seconds for one answer.")] = 120.0
    retries: Annotated[int, Option(min=0, max=1000, help="Further tries of a failed request.")] = 5
    retry_wait: Annotated[
        float, Option(min=0.001, max=60, help="Seconds before the first retry; doubles.")
    ] = 2.0
