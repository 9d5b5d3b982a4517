package web

import (
	"encoding/json"
	"time"
)

// update is what a page hears; app/src/types.ts says what its parts mean.
type update struct {
	Reset       bool              `json:"reset,omitempty"`
	World       *worldView        `json:"world,omitempty"`
	Clock       *clockView        `json:"clock,omitempty"`
	SlackAway   *bool             `json:"slackAway,omitempty"`
	Frozen      *bool             `json:"frozen,omitempty"`
	Messages    []json.RawMessage `json:"messages,omitempty"`
	Deleted     []messageID       `json:"deleted,omitempty"`
	Views       []json.RawMessage `json:"views,omitempty"`
	ClosedViews []string          `json:"closedViews,omitempty"`
	Instances   []json.RawMessage `json:"instances,omitempty"`
	Executions  []json.RawMessage `json:"executions,omitempty"`
	Gone        []string          `json:"gone,omitempty"` // ARNs of executions that are forgotten
	Emails      []json.RawMessage `json:"emails,omitempty"`
}

type worldView struct {
	App      appView       `json:"app"`
	People   []personView  `json:"people"`
	Channels []channelView `json:"channels"`
	Groups   []groupView   `json:"groups"`
	Machines []machineView `json:"machines"`
}

type appView struct {
	Name     string        `json:"name"`
	User     string        `json:"user"`
	Command  string        `json:"command"`
	Commands []commandView `json:"commands"`
}

// commandView is a line that can be typed, and what it does.
type commandView struct {
	Text string `json:"text"`
	Note string `json:"note"`
}

type personView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	RealName string `json:"realName"`
	Role     string `json:"role"`
}

type channelView struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Private    bool     `json:"private"`
	Members    []string `json:"members"`
	DirectWith string   `json:"directWith,omitempty"`
}

type groupView struct {
	ID      string   `json:"id"`
	Handle  string   `json:"handle"`
	Members []string `json:"members"`
}

type machineView struct {
	Name       string          `json:"name"`
	ARN        string          `json:"arn"`
	Definition json.RawMessage `json:"definition"`
}

type clockView struct {
	Now   time.Time     `json:"now"`
	Speed float64       `json:"speed"`
	Next  *deadlineView `json:"next,omitempty"`
}

type deadlineView struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
}

type messageID struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

type messageView struct {
	messageID
	Thread    string          `json:"thread,omitempty"`
	Broadcast bool            `json:"broadcast,omitempty"` // a reply that the channel shows, too
	User      string          `json:"user"`
	Text      string          `json:"text"`
	Blocks    json.RawMessage `json:"blocks,omitempty"`
	Ephemeral string          `json:"ephemeral,omitempty"`
	Edited    int             `json:"edited"`
	Notifies  []string        `json:"notifies"`
}

// blocksView is a modal or an App Home.
type blocksView struct {
	ID       string          `json:"id"`
	User     string          `json:"user"`
	Type     string          `json:"type"`
	Hash     string          `json:"hash"`
	Title    string          `json:"title"`
	Submit   string          `json:"submit"`
	Close    string          `json:"close"`
	Blocks   json.RawMessage `json:"blocks"`
	Previous string          `json:"previous,omitempty"`
}

type instanceView struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	Owner         string `json:"owner"`
	Platform      string `json:"platform"`
	State         string `json:"state"`
	Online        bool   `json:"online"`
	Missing       int    `json:"missing"`
	RebootPending bool   `json:"rebootPending"`
	Activity      string `json:"activity"`
	FailNext      bool   `json:"failNext"`
}

type executionView struct {
	ARN      string     `json:"arn"`
	Name     string     `json:"name"`
	Machine  string     `json:"machine"`
	Instance string     `json:"instance,omitempty"`
	Status   string     `json:"status"`
	States   []string   `json:"states"`
	Events   int        `json:"events"`
	Started  time.Time  `json:"started"`
	Stopped  *time.Time `json:"stopped,omitempty"`
	Outcome  string     `json:"outcome,omitempty"`
	Error    string     `json:"error,omitempty"`
	Cause    string     `json:"cause,omitempty"`
}

type emailView struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Owner   string    `json:"owner"`
	Subject string    `json:"subject"`
	Body    string    `json:"body"`
}
