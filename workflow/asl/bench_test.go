package asl_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

// BenchmarkPausedExecutions measures what an execution costs that waits for its token:
// heap in B/execution, and that it holds no goroutine.
func BenchmarkPausedExecutions(b *testing.B) {
	const executions = 10_000
	for b.Loop() {
		var submitted atomic.Int64
		all := make(chan struct{})
		i := newInterpreter(b, asking(`, "TimeoutSeconds": 86400`), func(context.Context, asl.Call) (json.RawMessage, error) {
			if submitted.Add(1) == executions {
				close(all)
			}
			return nil, nil
		})
		goroutines, before := runtime.NumGoroutine(), heap()
		for n := range executions {
			_, err := i.Start(fmt.Sprintf("execution-%d", n), json.RawMessage(`{"instance_id": "i-0933335a5598d1c2e"}`))
			require.NoError(b, err)
		}
		<-all
		for runtime.NumGoroutine() > goroutines {
			runtime.Gosched()
		}
		b.ReportMetric(float64(heap()-before)/executions, "B/execution")
		i.Close()
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkExecution runs five states from start to end: two tasks, a choice, data flow.
func BenchmarkExecution(b *testing.B) {
	i := newInterpreter(b, `{"StartAt": "Configure", "States": {
	  "Configure": {"Type": "Pass", "Parameters": {"limit.$": "States.StringToJson('50')"}, "ResultPath": "$.config", "Next": "Describe"},
	  "Describe": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:ec2:describeInstances", "Parameters": {"InstanceIds.$": "States.Array($.instance_id)"},
	    "ResultSelector": {"owner.$": "$.Tags[?(@.Key == 'owner')].Value"}, "ResultPath": "$.instance", "Next": "Owned?"},
	  "Owned?": {"Type": "Choice", "Choices": [{"Variable": "$.instance.owner[0]", "IsString": true, "Next": "Publish"}], "Default": "Done"},
	  "Publish": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"Message": {"id.$": "States.Format('{}/{}', $$.Execution.Name, $$.State.Name)"}}, "ResultPath": null, "Next": "Done"},
	  "Done": {"Type": "Succeed"}}}`,
		func(context.Context, asl.Call) (json.RawMessage, error) {
			return json.RawMessage(`{"Tags": [{"Key": "owner", "Value": "payments"}]}`), nil
		})
	for b.Loop() {
		arn, err := i.Start("", json.RawMessage(`{"instance_id": "i-0933335a5598d1c2e"}`))
		require.NoError(b, err)
		require.Equal(b, asl.StatusSucceeded, wait(b, i, arn).Status)
	}
}
