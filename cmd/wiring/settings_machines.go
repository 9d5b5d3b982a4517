package wiring

// machineVariables name the state machines that functions start.
func machineVariables() []Variable {
	return []Variable{
		{Name: "PATCHBOT_STATE_MACHINE_ARN", Example: "arn:aws:states:us-east-1:111122223333:stateMachine:patchbot-patch-approval",
			Meaning: "the ARN of the state machine that asks, for /patch request; without it nobody can have an instance looked at",
			set:     matching(`^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:stateMachine:[a-zA-Z0-9_-]+$`, func(s *Settings) *string { return &s.StateMachineARN })},
		{Name: "PATCHBOT_ROLL_BACK_MACHINE_ARN", Example: "arn:aws:states:us-east-1:111122223333:stateMachine:patchbot-roll-back",
			Meaning: "the ARN of the state machine that rolls back; without it nothing is rolled back",
			set:     matching(`^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:stateMachine:[a-zA-Z0-9_-]+$`, func(s *Settings) *string { return &s.RollBackARN })},
	}
}
