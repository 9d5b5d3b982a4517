package asl_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/patchbot/patchbot/workflow/asl"
)

// A state that waits for its token is completed by whoever was told the token.
func Example() {
	machine, err := asl.Load([]byte(`{
		"StartAt": "Ask",
		"States": {
			"Ask": {
				"Type": "Task",
				"Resource": "arn:aws:states:::sns:publish.waitForTaskToken",
				"Parameters": {
					"TopicArn": "arn:aws:sns:us-east-1:111122223333:questions",
					"Message": {"instance.$": "$.instance", "token.$": "$$.Task.Token"}
				},
				"TimeoutSeconds": 3600,
				"End": true
			}
		}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	asked := make(chan string, 1)
	interpreter := asl.New(asl.Config{
		Machine: machine, Name: "ask", Region: "us-east-1", Account: "111122223333",
		Invoke: func(_ context.Context, call asl.Call) (json.RawMessage, error) {
			var published struct {
				Message struct{ Instance, Token string }
			}
			err := json.Unmarshal(call.Input, &published)
			fmt.Println("asked about", published.Message.Instance)
			asked <- published.Message.Token
			return nil, err
		},
	})
	defer interpreter.Close()

	arn, err := interpreter.Start("first", json.RawMessage(`{"instance": "web-1"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := interpreter.SendTaskSuccess(<-asked, json.RawMessage(`{"decision": "approved"}`)); err != nil {
		fmt.Println(err)
		return
	}
	ended, err := interpreter.Wait(context.Background(), arn)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ended.Status, string(ended.Output))
	// Output:
	// asked about web-1
	// SUCCEEDED {"decision":"approved"}
}
