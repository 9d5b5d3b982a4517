package awssim_test

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

const (
	web    = "i-0abc1234def567890"
	hybrid = "mi-0123456789abcdef0"
)

// account is a fleet, the events it emitted and the words to speak to it.
type account struct {
	*awssim.Fleet
	t *testing.T

	mu     sync.Mutex
	events []event
}

type event struct {
	Version    string
	ID         string
	DetailType string `json:"detail-type"`
	Source     string
	Account    string
	Time       time.Time
	Region     string
	Resources  []string
	Detail     map[string]any
}

// open starts a fleet with one Amazon Linux instance and one hybrid node. Unless
// configured otherwise, the API tells at once what has happened.
func open(t *testing.T, configure ...func(*awssim.Config)) *account {
	a := &account{t: t}
	config := awssim.Config{Emit: a.record, VisibleAfter: -1, StatesVisibleAfter: -1}
	for _, set := range configure {
		set(&config)
	}
	a.Fleet = awssim.New(config)
	t.Cleanup(a.Close)
	require.NoError(t, a.Add(awssim.Instance{
		ID: web, Name: "web-1", Tags: map[string]string{"patch-policy": "patch-on-approval"},
		Missing: awssim.WithLevels(awssim.Catalogue(awssim.AmazonLinux2023)),
		Volumes: []awssim.Volume{{ID: "vol-0root"}, {ID: "vol-0data", SizeGiB: 100}},
	}))
	require.NoError(t, a.Add(awssim.Instance{
		ID: hybrid, Name: "rack-7", Platform: awssim.Ubuntu2204, Tags: map[string]string{"owner": "ops"},
		Missing: awssim.Catalogue(awssim.Ubuntu2204),
	}))
	return a
}

func (a *account) record(raw json.RawMessage) {
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		a.t.Error(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events = append(a.events, e)
}

// statuses lists what the events say, in order, e.g. "InProgress", "compliant".
func (a *account) statuses() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := []string{}
	for _, e := range a.events {
		for _, member := range []string{"status", "compliance-status", "result"} {
			if said, ok := e.Detail[member].(string); ok {
				list = append(list, said)
			}
		}
	}
	return list
}

type object = map[string]any

// try makes a call and returns its answer or error.
func (a *account) try(service, action string, input any) (object, error) {
	a.t.Helper()
	raw, err := json.Marshal(input)
	require.NoError(a.t, err)
	answer, err := a.Call(a.t.Context(), service, action, raw)
	if err != nil {
		return nil, err
	}
	var out object
	require.NoError(a.t, json.Unmarshal(answer, &out))
	return out, nil
}

func (a *account) call(service, action string, input any) object {
	a.t.Helper()
	out, err := a.try(service, action, input)
	require.NoError(a.t, err)
	return out
}

// refused returns the error name and the refusal of a call that must fail.
func (a *account) refused(service, action string, input any) (string, *awssim.APIError) {
	a.t.Helper()
	_, err := a.try(service, action, input)
	refusal, ok := errors.AsType[*awssim.APIError](err)
	require.True(a.t, ok, "the call should be refused, got %v", err)
	return refusal.ErrorName(), refusal
}

func patch(id, operation string) object {
	return object{
		"DocumentName": "AWS-RunPatchBaseline", "InstanceIds": []string{id},
		"Parameters": object{"Operation": []string{operation}},
	}
}

// send sends a patch command and returns its id.
func (a *account) send(id, operation string) string {
	a.t.Helper()
	return a.call("ssm", "sendCommand", patch(id, operation))["Command"].(object)["CommandId"].(string)
}

// invocation returns the step of the command that a Linux machine runs.
func (a *account) invocation(command, id string) object {
	a.t.Helper()
	return a.call("ssm", "getCommandInvocation", object{"CommandId": command, "InstanceId": id, "PluginName": "PatchLinux"})
}

// list returns the command's invocations on a machine, with their steps.
func (a *account) list(command, id string) []any {
	a.t.Helper()
	input := object{"CommandId": command, "InstanceId": id, "Details": true}
	return a.call("ssm", "listCommandInvocations", input)["CommandInvocations"].([]any)
}

// listed returns the one invocation of the command on a machine.
func (a *account) listed(command, id string) object {
	a.t.Helper()
	list := a.list(command, id)
	require.Len(a.t, list, 1)
	return list[0].(object)
}

// counts returns the patch states of an instance.
func (a *account) counts(id string) object {
	a.t.Helper()
	states := a.call("ssm", "describeInstancePatchStates", object{"InstanceIds": []string{id}})["InstancePatchStates"].([]any)
	require.Len(a.t, states, 1)
	return states[0].(object)
}

func (a *account) ping(id string) any {
	a.t.Helper()
	list := a.call("ssm", "describeInstanceInformation", object{
		"Filters": []object{{"Key": "InstanceIds", "Values": []string{id}}},
	})["InstanceInformationList"].([]any)
	require.Len(a.t, list, 1)
	return list[0].(object)["PingStatus"]
}

// later lets simulated time pass and everything due in it happen.
func later(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestAPatchStoryOnEveryPlatform(t *testing.T) {
	for _, platform := range []awssim.Platform{awssim.AmazonLinux2023, awssim.Ubuntu2204, awssim.WindowsServer2022} {
		t.Run(string(platform), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const id = "i-0123456789abcdef0"
				a := open(t)
				missing := awssim.Catalogue(platform)
				require.NoError(t, a.Add(awssim.Instance{ID: id, Platform: platform, Missing: missing}))
				require.NoError(t, a.Scan(id))
				require.EqualValues(t, len(missing), a.counts(id)["MissingCount"])
				require.NotZero(t, a.counts(id)["OtherNonCompliantCount"])

				install := a.send(id, "Install")
				require.Equal(t, "Pending", a.listed(install, id)["Status"])
				later(3 * time.Second)
				require.Equal(t, "InProgress", a.listed(install, id)["Status"])
				later(3 * time.Minute)
				require.Equal(t, "ConnectionLost", a.ping(id), "the node should reboot")
				later(time.Minute)
				require.Equal(t, "Online", a.ping(id))
				require.Equal(t, "Success", a.listed(install, id)["Status"])
				require.Equal(t, 1, a.Reboots(id))

				a.send(id, "Scan")
				later(time.Minute)
				require.EqualValues(t, len(missing), a.counts(id)["InstalledCount"])
				require.Zero(t, a.counts(id)["OtherNonCompliantCount"])
				require.Equal(t, []string{"non_compliant", "InProgress", "Success", "compliant", "InProgress", "Success"}, a.statuses())
			})
		})
	}
}

func TestEmitMayCallTheFleetAndSeesEventsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fleet *awssim.Fleet
		var seen []string
		fleet = awssim.New(awssim.Config{Emit: func(raw json.RawMessage) {
			var e event
			require.NoError(t, json.Unmarshal(raw, &e))
			seen = append(seen, e.Detail["compliance-status"].(string))
			if len(seen) == 1 {
				require.NoError(t, fleet.ReportNonCompliance(web))
				require.Len(t, seen, 1, "an event that Emit causes should wait for Emit's return")
			}
		}})
		defer fleet.Close()
		require.NoError(t, fleet.Add(awssim.Instance{ID: web}))
		require.NoError(t, fleet.Scan(web))
		require.Equal(t, []string{"compliant", "non_compliant"}, seen)
	})
}

func TestManyGoroutinesMayUseAFleet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		var everyone sync.WaitGroup
		for range 20 {
			everyone.Go(func() {
				a.send(web, "Scan")
				a.Break(awssim.Fault{Kind: awssim.EventsDoubled, Times: 1})
				_ = a.Scan(hybrid)
				_ = a.counts(web)
			})
		}
		everyone.Wait()
		later(time.Hour)
		require.Len(t, a.Commands(), 20)
	})
}

func TestACloseStopsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		command := a.send(web, "Install")
		a.Close()
		later(time.Hour)
		require.Equal(t, "Pending", a.invocation(command, web)["Status"])
		require.Empty(t, a.statuses())
	})
}

func TestAddRefusesWhatSystemsManagerWouldNotTake(t *testing.T) {
	a := open(t)
	require.ErrorContains(t, a.Add(awssim.Instance{ID: "i-12"}), "neither")
	require.ErrorContains(t, a.Add(awssim.Instance{ID: web}), "already")
}

func TestHelpersNameAnUnknownInstance(t *testing.T) {
	a := open(t)
	for what, err := range map[string]error{
		"scan":    a.Scan("i-00000000"),
		"report":  a.ReportNonCompliance("i-00000000"),
		"publish": a.Publish("i-00000000"),
		"state":   a.SetState("i-00000000", "stopped"),
	} {
		require.ErrorIs(t, err, awssim.ErrNoInstance, what)
	}
	require.Error(t, a.SetState(web, "sleeping"))
	require.Zero(t, a.Reboots("i-00000000"))
}

func TestAnEqualSeedGivesEqualIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seeded := func(seed uint64) string {
			return open(t, func(c *awssim.Config) { c.Seed = seed }).send(web, "Scan")
		}
		require.Equal(t, seeded(7), seeded(7))
		require.NotEqual(t, seeded(7), seeded(8))
		require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, seeded(9))
	})
}
