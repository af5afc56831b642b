"""Setting up the second key of a Canvas, for pages and the command line alike."""

from __future__ import annotations

from lti_tool.bootstrap.canvas_reading import make_canvas_reading
from lti_tool.bootstrap.house import House
from lti_tool.usecases.connect_canvas import ConnectCanvas
from lti_tool.usecases.probe_platform import ProbePlatform


def connect_canvas(house: House) -> ConnectCanvas:
    reading = make_canvas_reading(house.transactions, house.clock, house.http, house.settings.base_url)
    test = ProbePlatform(house.transactions, house.clock, [reading.probe])
    return ConnectCanvas(house.transactions, house.clock, house.settings.tenant, reading.oauth, test)
