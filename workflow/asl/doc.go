// Package asl runs a state machine written in the Amazon States Language on the
// local machine, so that a workflow can be tried and tested without AWS.
//
// [Load] reads a definition and refuses whatever it could not run faithfully.
// [New] makes an [Interpreter] for it; [Interpreter.Start] starts executions,
// which call [Config].Invoke for their tasks, pause in callbacks, wait, retry and
// end as they would in Step Functions (Standard workflows, JSONPath). Time is the
// time package's, so that testing/synctest can simulate it.
//
// Left out on purpose and refused by Load: JSONata, Map and Parallel, activities,
// the .sync patterns, Credentials. Where AWS's documentation and its observed
// behaviour differ, the package follows what was observed: a path of Parameters or
// ResultSelector that finds nothing fails with States.Runtime.
package asl
