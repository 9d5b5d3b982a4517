// Package awssim gives demos and tests a fleet of EC2 instances and hybrid
// nodes under AWS Systems Manager that lives in memory, answers the calls of a
// Step Functions state machine and breaks in the ways AWS does.
//
//	fleet := awssim.New(awssim.Config{Emit: bus.Put})
//	defer fleet.Close()
//	err := fleet.Add(awssim.Instance{
//		ID:       "i-0abc1234def567890",
//		Name:     "web-1",
//		Platform: awssim.AmazonLinux2023,
//		Missing:  awssim.Catalogue(awssim.AmazonLinux2023),
//	})
//	fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Instance: "i-0abc1234def567890"})
//	err = fleet.Scan("i-0abc1234def567890") // the non-compliance event starts the story
//
// [Fleet.Call] takes what a Task state sends to arn:aws:states:::aws-sdk:… and
// returns what Step Functions would make of the answer: members in PascalCase,
// times as RFC 3339 strings, failures as [*APIError] with Step Functions' error
// name and cause. What happens by itself (a command that ends, a snapshot that
// completes) takes its time and arrives at Config.Emit as a whole EventBridge
// event.
//
// All waiting is done by Config.Clock, by default package time, so a fleet made inside a
// testing/synctest bubble runs on simulated time. A fleet may be used by many
// goroutines at once.
package awssim
