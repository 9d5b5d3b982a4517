package slacksim

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return loc
}

func TestMarkupReadsWell(t *testing.T) {
	o := newOffice(t)
	g := o.AddUserGroup(UserGroup{Handle: "oncall"})
	r := Reader{
		Name: o.Name, Location: berlin(t), Clock24: true,
		Now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC),
	}
	for _, c := range []struct{ name, in, want string }{
		{"people", "by <@" + o.ada.ID + "> and <@U404|max>", "by @ada and max"},
		{"unknown people", "<@U404>", "U404"},
		{"channels", "<#" + o.ops.ID + "|ops>", "#ops"},
		{"user groups", "<!subteam^" + g.ID + "|@x>", "@oncall"},
		{"everyone", "<!here> <!channel> <!everyone>", "@here @channel @everyone"},
		{"links", "<https://x.y/?a=1&amp;b=2|the page>", "the page (https://x.y/?a=1&b=2)"},
		{"bare links", "<https://x.y> <https://x.y|https://x.y>", "https://x.y https://x.y"},
		{"escapes", "1 &lt; 2 &amp;&amp; &amp;lt; 3 &gt; 2", "1 < 2 && &lt; 3 > 2"},
		{"marks", "*bold* _it_ `code`", "*bold* _it_ `code`"},
		{"an open bracket", "a < b", "a < b"},
		{"dates", "by <!date^1795622400^{date_short_pretty}, {time}|Wed>", "by Today, 17:00"},
		{"dates with a link", "<!date^1795622400^{time}^https://x|Wed>", "17:00 (https://x)"},
		{"dates without a time", "<!date^soon^{time}|Wed &amp; Thu>", "Wed & Thu"},
		{"dates without a token", "<!date^1795622400^then|Wed>", "Wed"},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, r.Mrkdwn(c.in)) })
	}
	require.Equal(t, "U1", Reader{}.Mrkdwn("<@U1>"))
}

func TestDates(t *testing.T) {
	at := time.Unix(1392734382, 0) // 2014-02-18 14:39:42 UTC, the example in Slack's docs
	pacific, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	r := Reader{Location: pacific, Now: at.AddDate(1, 0, 0)}
	for format, want := range map[string]string{
		"{date_num}":           "2014-02-18",
		"{date_slash}":         "18/02/2014",
		"{date}":               "February 18th, 2014",
		"{date_short}":         "Feb 18, 2014",
		"{date_long}":          "Tuesday, February 18th, 2014",
		"{date_long_full}":     "February 18, 2014",
		"{date_pretty}":        "February 18th, 2014",
		"{date_short_pretty}":  "Feb 18, 2014",
		"{date_long_pretty}":   "Tuesday, February 18th, 2014",
		"{day_divider_pretty}": "Tuesday, February 18th, 2014",
		"{time}":               "6:39 AM",
		"{time_secs}":          "6:39:42 AM",
		"{ago}":                "1 year ago",
		"at {time} {zone}":     "at 6:39 AM {zone}",
	} {
		require.Equal(t, want, r.Date(at, format), format)
	}
	r.Clock24 = true
	require.Equal(t, "06:39, 06:39:42", r.Date(at, "{time}, {time_secs}"))
}

func TestNearDatesHaveNames(t *testing.T) {
	now := time.Date(2026, 11, 25, 23, 30, 0, 0, time.UTC) // the 26th in Berlin
	r := Reader{Location: berlin(t), Now: now}
	require.Equal(t, "Today", r.Date(now, "{date_pretty}"))
	require.Equal(t, "on today", r.Date(now, "on {date_long_pretty}"))
	require.Equal(t, "Yesterday", r.Date(now.Add(-time.Hour), "{date_short_pretty}"))
	require.Equal(t, "Tomorrow", r.Date(now.AddDate(0, 0, 1), "{day_divider_pretty}"))
	require.Equal(t, "November 23rd", r.Date(now.AddDate(0, 0, -3), "{date}"))
	require.Equal(t, "Monday, November 23rd", r.Date(now.AddDate(0, 0, -3), "{day_divider_pretty}"))
}

func TestOrdinals(t *testing.T) {
	for day, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 22: "22nd", 30: "30th"} {
		require.Equal(t, want, ordinal(day))
	}
}

func TestAgo(t *testing.T) {
	for passed, want := range map[time.Duration]string{
		0: "just now", time.Second: "1 second ago", 3 * time.Minute: "3 minutes ago",
		-90 * time.Minute: "in 1 hour", 49 * time.Hour: "2 days ago",
	} {
		require.Equal(t, want, ago(passed))
	}
}

func TestMessagesRenderLikeTheyLook(t *testing.T) {
	o := newOffice(t)
	at := time.Unix(1795622400, 0)
	require.True(t, o.raw(t, `[
		{"type":"header","text":{"type":"plain_text","text":"3 patches are missing on web-1 &amp; <b>"}},
		{"type":"context","elements":[{"type":"mrkdwn","text":"owner <@`+o.ada.ID+`>"},{"type":"image","image_url":"https://x","alt_text":"logo"}]},
		{"type":"divider"},
		{"type":"section","text":{"type":"mrkdwn","text":"*kernel*  Critical"},
		 "fields":[{"type":"plain_text","text":"one"},{"type":"mrkdwn","text":"two"}],
		 "accessory":{"type":"overflow","options":[{"text":{"type":"plain_text","text":"x"},"value":"y"}]}},
		{"type":"actions","elements":[
			{"type":"button","text":{"type":"plain_text","text":"Approve"}},
			{"type":"button","text":{"type":"plain_text","text":"Reject…"}},
			{"type":"static_select","placeholder":{"type":"plain_text","text":"When"},"options":[{"text":{"type":"plain_text","text":"x"},"value":"y"}]}]},
		{"type":"image","image_url":"https://x","alt_text":"a chart"},
		{"type":"rich_text","elements":[
			{"type":"rich_text_section","elements":[{"type":"text","text":"see "},{"type":"user","user_id":"`+o.lin.ID+`"},{"type":"emoji","name":"eyes"}]},
			{"type":"rich_text_list","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://x"}]}]}]},
		{"type":"markdown","text":"**md**"},
		{"type":"context","elements":[{"type":"mrkdwn","text":"by <!date^1795622400^{time}|soon>"}]}
	]`).OK)
	m := o.Messages(o.ops.ID)[0]
	require.Equal(t, strings.TrimSpace(`
3 patches are missing on web-1 & <b>
owner @ada  [image: logo]
────────
*kernel*  Critical
one
two  […]
[Approve]  [Reject…]  [When]
[image: a chart]
see @lin:eyes:
• https://x
**md**
by 4:00 PM`), PlainText(m, Reader{Name: o.Name, Now: at}))
	require.Equal(t, "only @ada", PlainText(Message{Text: "only <@" + o.ada.ID + ">"}, Reader{Name: o.Name}))
}

func TestModalsRenderLikeTheyLook(t *testing.T) {
	o := newOffice(t)
	v := o.open(t, rejectModal())
	require.Equal(t, "Reject\nReason: […]\nTell: […]\n[Back]  [Reject]", PlainView(v, Reader{}))

	modal := rejectModal()
	date := slack.NewDatePickerBlockElement("date")
	date.InitialDate = "2026-11-25"
	who := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, nil, "person")
	who.InitialUser = o.ada.ID
	one := slack.NewOptionBlockObject("one", label("One"), nil)
	pick := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "pick", one)
	pick.InitialOption = one
	modal.Blocks.BlockSet = []slack.Block{
		slack.NewInputBlock("1", label("Date"), nil, date),
		slack.NewInputBlock("2", label("Who"), nil, who),
		slack.NewInputBlock("3", label("Which"), nil, slack.NewRadioButtonsBlockElement("radio", one)),
		slack.NewInputBlock("4", label("What"), nil, pick),
	}
	modal.Close = nil
	v = o.open(t, modal)
	require.Equal(t, "Reject\nDate: [2026-11-25]\nWho: [@ada]\nWhich: ( ) One\nWhat: [One]\n[Cancel]  [Reject]",
		PlainView(v, Reader{Name: o.Name}))
}
