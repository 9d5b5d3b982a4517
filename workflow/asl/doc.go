// Package asl runs a state machine written in the Amazon States Language on the
// local machine, so that a workflow can be tried and tested without AWS.
//
// [Load] reads a definition and refuses whatever it could not run faithfully.
// [New] makes an [Interpreter] for it; [Interpreter.Start] starts executions,
// which call [Config].Invoke for their tasks, pause in callbacks, wait, retry and
// end as they would in Step Functions (Standard workflows, JSONPath). Time is the
// time package's, so that testing/synctest can simulate it.
//
// Left out on purpose and refused by Load: JSONata, distributed Map states, activities,
// the .sync patterns, Credentials, and integrations other than sns:publish,
// states:startExecution and those of the AWS SDK.
//
// Where AWS's documentation and its observed behaviour differ, the package follows what
// was observed: a definite path of Parameters or ResultSelector that finds nothing fails
// with States.Runtime, and a failing branch or iteration gives its own error to its state.
package asl
