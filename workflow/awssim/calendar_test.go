package awssim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestACalendarIsClosedForTheTimeOfAFreeze(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		start := time.Now()
		a.AddCalendar("releases")
		a.Freeze("holidays", start.Add(time.Hour), start.Add(3*time.Hour))
		a.Freeze("holidays", start.Add(2*time.Hour), start.Add(4*time.Hour))
		state := func(names ...string) object { return a.call("ssm", "getCalendarState", object{"CalendarNames": names}) }

		require.Equal(t, object{"State": "OPEN", "AtTime": "2000-01-01T00:00:00Z"}, state("releases"), "nothing changes within a year")
		require.Equal(t, object{"State": "OPEN", "AtTime": "2000-01-01T00:00:00Z", "NextTransitionTime": "2000-01-01T01:00:00Z"}, state("holidays"))
		later(90 * time.Minute)
		arn := "arn:aws:ssm:us-east-1:123456789012:document/holidays"
		require.Equal(t, object{"State": "CLOSED", "AtTime": "2000-01-01T01:30:00Z", "NextTransitionTime": "2000-01-01T04:00:00Z"}, state(arn), "overlapping freezes are one")
		require.Equal(t, object{"State": "CLOSED", "AtTime": "2000-01-01T01:30:00Z"}, state("releases", "holidays"), "of several no time is told")
		require.Equal(t, "OPEN", a.call("ssm", "getCalendarState", object{"CalendarNames": []string{"holidays"}, "AtTime": "2000-01-01T04:00:00Z"})["State"])
		a.Thaw("holidays")
		require.Equal(t, "OPEN", state("holidays")["State"])
		a.Freeze("holidays", start, time.Time{})
		require.Equal(t, object{"State": "CLOSED", "AtTime": "2000-01-01T01:30:00Z"}, state("holidays"), "nobody knows until when")
	})
}

func TestACalendarThatIsNoneIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		a.AddCalendar("holidays")
		for name, c := range map[string]struct {
			input object
			want  string
		}{
			"an unknown one":                  {object{"CalendarNames": []string{"holidays", "gone"}}, "Ssm.InvalidDocumentException"},
			"one of another account":          {object{"CalendarNames": []string{"arn:aws:ssm:us-east-1:999999999999:document/holidays"}}, "Ssm.InvalidDocumentException"},
			"a document that is no calendar":  {object{"CalendarNames": []string{"AWS-RunPatchBaseline"}}, "Ssm.InvalidDocumentTypeException"},
			"none":                            {object{"CalendarNames": []string{}}, "Ssm.ValidationException"},
			"a time that is none":             {object{"CalendarNames": []string{"holidays"}, "AtTime": "tomorrow"}, "Ssm.ValidationException"},
			"a member that AWS does not know": {object{"CalendarName": "holidays"}, "Ssm.ValidationException"},
		} {
			_, refusal := a.refused("ssm", "getCalendarState", c.input)
			require.Equal(t, c.want, refusal.ErrorName(), name)
		}
	})
}

func TestCommandsAreListedByStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		listed := func(filters ...object) []any {
			return pick(a.call("ssm", "listCommandInvocations", object{"InstanceId": web, "Filters": filters})["CommandInvocations"], "DocumentName")
		}
		status := func(is string) object { return object{"Key": "Status", "Value": is} }
		require.NoError(t, a.SendByOthers(web, "Acme-PatchEverything"))
		require.NoError(t, a.SendByOthers(web, "AWS-RunShellScript"))
		later(time.Minute)
		require.Equal(t, []any{"Acme-PatchEverything", "AWS-RunShellScript"}, listed(status("InProgress")))
		require.Empty(t, listed(status("Pending")))
		require.Len(t, listed(status("InProgress"), object{"Key": "DocumentName", "Value": "AWS-RunShellScript"}), 1)
		a.send(web, "Install")
		later(time.Minute)
		require.Equal(t, []any{"AWS-RunPatchBaseline"}, listed(status("Failed")), "a second patch run fails on the first one's lock")
		later(time.Hour)
		require.Len(t, listed(status("Success")), 2)

		for _, filters := range [][]object{{status("Cancelling")}, {{"Key": "DocumentNames", "Value": "x"}}, {status("Pending"), status("InProgress")}} {
			_, refusal := a.refused("ssm", "listCommandInvocations", object{"InstanceId": web, "Filters": filters})
			require.Error(t, refusal)
		}
	})
}
