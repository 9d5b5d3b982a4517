package mototest_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

var tagged = map[string]string{"patch-policy": "patch-on-approval", "Name": "web-1"}

// stage is a server with the state machine in it, and the queue that hears of it.
type stage struct {
	mototest.Server
	machine mototest.Machine
	inbox   mototest.Inbox
}

func newStage(t *testing.T, s mototest.Server, name string) stage {
	t.Helper()
	inbox := s.CreateInbox(t, name)
	settings := workflow.DefaultSettings()
	settings.NotificationsTopicARN = inbox.TopicARN
	return stage{s, s.CreateMachine(t, workflow.PatchApproval, name, settings), inbox}
}

// newImpatientStage has a machine that waits a second wherever the real one waits longer
// before it looks again.
func newImpatientStage(t *testing.T, s mototest.Server, name string) stage {
	t.Helper()
	st := newStage(t, s, name+"-patient")
	definition := string(st.machine.Definition(t))
	for _, wait := range [][2]string{{"[15,30,60,120]", "[1,1]"}, {"[10,20,40,80,160,300]", "[1,1,1]"}, {"[30,60,120,240,480]", "[1,1]"}, {`"Seconds":30`, `"Seconds":1`}} {
		require.Contains(t, definition, wait[0])
		definition = strings.ReplaceAll(definition, wait[0], wait[1])
	}
	st.machine = s.CreateMachineFrom(t, name, definition)
	return st
}

// TestServer shares one server among all that needs one.
func TestServer(t *testing.T) {
	s := mototest.Start(t)
	for name, test := range map[string]func(*testing.T, mototest.Server){
		"an approved request is backed up, installed, scanned and compliant": approvedPath,
		"an event about an untagged instance ends with the reason":           notTagged,
		"a hybrid node that nobody knows counts as untagged":                 unknownHybridNode,
		"a hybrid node is asked about without a backup":                      hybridNode,
		"an instance that lacks nothing ends with the reason":                nothingMissing,
		"a request that nobody answers expires":                              nobodyAnswers,
		"an answer after a reminder counts":                                  answeredAfterAReminder,
		"an install that failed is reported, and the scan decides":           failedInstall,
		"a snapshot that failed ends in a reported failure":                  failedSnapshot,
		"a call that failed is reported with its state":                      failedCall,
		"a scheduled time comes":                                             scheduledTimeComes,
		"a schedule is moved, cancelled, and patched now":                    scheduleIsChanged,
		"a schedule that is too far away counts as a no":                     scheduleThatIsTooFarAway,
		"a rest that is stopped ends the execution with its cause":           restStopped,
		"a turn that never comes is a reported failure":                      turnNeverComes,
		"an open request elsewhere ends the execution with its cause":        requestAlreadyOpen,
		"an owner who was asked before is left in peace":                     askedBefore,
		"what is not final yet is looked at again":                           notFinalYet,
		"counts of another run are not believed":                             countsOfAnotherRun,
		"an invocation has to be listed":                                     invocationsAreListed,
		"a node that is not back is told with its status checks":             nodeNotBack,
		"a person who asks after an install has it scanned":                  scannedForWhoeverAsks,
		"status checks are told as they were set":                            statusChecksAsTold,
		"a rehearsal scans in place of the install":                          rehearsal,
		"a root volume goes back to its snapshot, and is scanned":            rolledBack,
		"a replacement that failed is a reported failure":                    rollBackFailed,
		"a snapshot that is not ours is not gone back to":                    rollBackToAnother,
		"find-missing starts an approval for each node that needs one":       findMissing,
		"each step of a command is told, by platform":                        stepsByPlatform,
		"a command that is under way has not come to its last step":          stepsUnderWay,
		"patch states come from the last run":                                statesOfTheLastRun,
		"commands that AWS refuses are refused":                              refusedCommands,
		"nodes are found by tag":                                             nodesByTag,
		"a machine starts executions of another from a map":                  smallMachine,
		"a schedule is kept":                                                 schedules,
		"a task token is answered once":                                      answeredOnce,
		"a freeze is waited for, read again, and given up":                   freezeIsWaitedFor,
		"an emergency goes through a freeze":                                 emergencyGoesThrough,
		"a change calendar that nobody knows is a freeze":                    calendarIsUnknown,
		"nothing is begun on an instance that was stopped":                   stoppedInstance,
		"nothing is begun on an instance that was terminated":                terminatedInstance,
		"nothing is begun beside another patch command":                      otherPatchCommand,
		"a stopped execution is aborted at once":                             stoppedExecution,
		"Terraform's questions about a state machine are answered":           terraformQuestions,
		"a queue's redrive policies come back unchanged":                     redrivePolicies,
		"a function's settings come back unchanged":                          functionSettings,
		"a transaction under a known token is carried out once":              knownToken,
		"a signal that is known comes once, in each group":                   oldNews,
	} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

func terraformQuestions(t *testing.T, s mototest.Server) {
	st := newStage(t, s, "terraform")
	client := sfn.NewFromConfig(s.Config())
	machine, err := client.DescribeStateMachine(t.Context(), &sfn.DescribeStateMachineInput{StateMachineArn: &st.machine.ARN})
	require.NoError(t, err)
	checked, err := client.ValidateStateMachineDefinition(t.Context(), &sfn.ValidateStateMachineDefinitionInput{Definition: machine.Definition})
	require.NoError(t, err)
	require.Equal(t, types.ValidateStateMachineDefinitionResultCodeOk, checked.Result)
	checked, err = client.ValidateStateMachineDefinition(t.Context(), &sfn.ValidateStateMachineDefinitionInput{Definition: aws.String(`{"States":{}}`)})
	require.NoError(t, err)
	require.Equal(t, types.ValidateStateMachineDefinitionResultCodeFail, checked.Result)
	versions, err := client.ListStateMachineVersions(t.Context(), &sfn.ListStateMachineVersionsInput{StateMachineArn: &st.machine.ARN})
	require.NoError(t, err)
	require.Empty(t, versions.StateMachineVersions)
}

func redrivePolicies(t *testing.T, s mototest.Server) {
	client := sqs.NewFromConfig(s.Config())
	_, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("dead")})
	require.NoError(t, err)
	const policy = `{"Version":"2012-10-17","Statement":[{"Sid":"Topic","Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}]}`
	queue, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("alive"),
		Attributes: map[string]string{"Policy": policy}})
	require.NoError(t, err)
	set := map[string]string{
		"RedrivePolicy":      `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead","maxReceiveCount":5}`,
		"RedriveAllowPolicy": `{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:123456789012:other"]}`,
	}
	_, err = client.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: queue.QueueUrl, Attributes: set})
	require.NoError(t, err)

	got := queueAttributes(t, client, queue.QueueUrl)
	require.Equal(t, set["RedrivePolicy"], got["RedrivePolicy"])
	require.Equal(t, set["RedriveAllowPolicy"], got["RedriveAllowPolicy"])
	require.JSONEq(t, policy, got["Policy"])

	_, err = client.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: queue.QueueUrl,
		Attributes: map[string]string{"RedrivePolicy": "", "RedriveAllowPolicy": ""}})
	require.NoError(t, err)
	got = queueAttributes(t, client, queue.QueueUrl)
	require.NotContains(t, got, "RedrivePolicy")
	require.NotContains(t, got, "RedriveAllowPolicy")
}

func queueAttributes(t *testing.T, client *sqs.Client, url *string) map[string]string {
	t.Helper()
	out, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: url, AttributeNames: []sqstypes.QueueAttributeName{"All"}})
	require.NoError(t, err)
	return out.Attributes
}
