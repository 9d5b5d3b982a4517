"""Systems Manager's change calendars, which moto does not know."""

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.ssm.exceptions import ValidationException
from moto.ssm.responses import SimpleSystemManagerResponse

CALENDARS = {}  # what was set, by name: State, and NextTransitionTime where there is one


class InvalidDocument(AWSError):
    TYPE, STATUS = "InvalidDocument", 400


def tell_state():
    """Systems Manager: GetCalendarState is missing. Of several calendars it tells no transition."""

    def calendar_state(self):
        names = self._get_param("CalendarNames") or []
        if not names:
            raise ValidationException("'calendarNames' failed to satisfy constraint: Member must have length greater than or equal to 1")
        found = []
        for name in names:
            calendar = CALENDARS.get(name.rsplit("/", 1)[-1])
            if not (calendar and calendar["State"]):
                raise InvalidDocument(f"Document with name {name} does not exist.")
            found.append(calendar)
        state = "CLOSED" if any(c["State"] == "CLOSED" for c in found) else found[0]["State"]
        answer = {"State": state, "AtTime": "2026-11-23T10:00:00Z"}
        if len(found) == 1 and found[0].get("NextTransitionTime"):
            answer["NextTransitionTime"] = found[0]["NextTransitionTime"]
        return ActionResult(answer)

    SimpleSystemManagerResponse.get_calendar_state = calendar_state


FILLS = (tell_state,)
