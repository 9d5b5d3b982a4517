package doctor

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// checkCalendars reads each change calendar as the state machine does, but with the credentials of whoever
// asks: what cannot be read keeps everything unpatched.
func checkCalendars(ctx context.Context, x *examination) []finding {
	calendars := x.Machine.ChangeCalendars
	if len(calendars) == 0 {
		return ok("There are no change calendars: nothing is ever frozen.")
	}
	var findings []finding
	for _, name := range calendars {
		findings = append(findings, x.calendar(ctx, name)...)
	}
	if len(calendars) > 1 {
		findings = append(findings, warn("Put all events into one calendar, if that matters.", "AWS does not say when several change calendars open: patching may begin some hours later than a freeze ends."))
	}
	return findings
}

func (x *examination) calendar(ctx context.Context, name string) []finding {
	out, err := x.SSM.GetCalendarState(ctx, &ssm.GetCalendarStateInput{CalendarNames: []string{name}})
	switch {
	case err != nil:
		return failed("Correct the Terraform variable change_calendars, or create the calendar. If you are denied access, let your credentials allow ssm:GetCalendarState.",
			"The change calendar %s cannot be read, so nothing is patched but in an emergency: %v", name, err)
	case out.State == types.CalendarStateOpen:
		return ok("The change calendar %s is open.", name)
	case aws.ToString(out.NextTransitionTime) == "":
		return ok("The change calendar %s is %s: what is approved waits.", name, out.State)
	}
	return ok("The change calendar %s is %s until %s: what is approved waits.", name, out.State, aws.ToString(out.NextTransitionTime))
}
