package workflow

// StatusChecks are EC2's status checks of an instance, as DescribeInstanceStatus gives them, e.g. "ok",
// "initializing", "impaired"; empty where there are none, as of a hybrid node.
type StatusChecks struct {
	Instance []string `json:"instance_status"`
	System   []string `json:"system_status"`
}

// CheckOK is the status of a check that the instance passes.
const CheckOK = "ok"
