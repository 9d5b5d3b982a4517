package awssim

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNoInstance is returned by the methods of [Fleet] that name an instance the
// fleet does not have. Calls answer with an [*APIError] instead, as AWS does.
var ErrNoInstance = errors.New("no such instance in the simulated fleet")

// ErrNotSimulated is returned by [Fleet.Call] for what AWS has and this fleet
// has not: another action, or a member such as SendCommand's Targets.
var ErrNotSimulated = errors.New("not simulated")

// APIError is an AWS service's refusal as a Step Functions task sees it.
type APIError struct {
	Service   string // "ssm" or "ec2"
	Code      string // the service's own code, e.g. "InvalidInstanceId"
	Message   string // without the service, status and request id
	Status    int    // HTTP status, e.g. 400
	RequestID string // e.g. "0d5c5a4e-7a0c-4d4b-9c5e-2f0f8a1c7e55"

	name string // Step Functions' name where a fault dictates one
}

// ErrorName is what a state machine's ErrorEquals compares with.
//
// Step Functions calls AWS through the SDK for Java 2.x and names an error after
// the exception class it receives:
//
//   - An error that the service's model declares has a class of its own, always
//     with the suffix: "Ssm.InvalidInstanceIdException". The Step Functions guide
//     says so under "Learning to use AWS service SDK integrations".
//   - EC2 declares no errors at all, so every one is "Ec2.Ec2Exception" and only
//     the cause tells them apart.
//   - An error that Systems Manager does not declare is "Ssm.SsmException".
//     Recorded executions show this name for AccessDeniedException.
//
// Throttling of Systems Manager is "Ssm.SsmException" here for the same reason.
// Its model gained a ThrottlingException in 2025, so an execution may now see
// "Ssm.ThrottlingException"; AWS does not document which. Fault.ErrorName puts
// the other name in its place: a state machine should retry both.
func (e *APIError) ErrorName() string {
	switch {
	case e.name != "":
		return e.name
	case e.Service == "ec2":
		return "Ec2.Ec2Exception"
	case e.Service == "autoscaling": // it declares its errors without a common suffix, so only the kind is known
		return "AutoScaling.AutoScalingException"
	case e.Code == "ThrottlingException", e.Code == "SerializationException":
		return "Ssm.SsmException"
	default:
		return "Ssm." + strings.TrimSuffix(e.Code, "Exception") + "Exception"
	}
}

// Error is the text Step Functions puts into Cause, e.g. "Rate exceeded
// (Service: Ssm, Status Code: 400, Request ID: 0d5c5a4e-…)". The service's code
// is not part of it.
func (e *APIError) Error() string {
	service := map[string]string{"ssm": "Ssm", "ec2": "Ec2", "autoscaling": "AutoScaling"}[e.Service]
	return fmt.Sprintf("%s (Service: %s, Status Code: %d, Request ID: %s)", e.Message, service, e.Status, e.RequestID)
}

func ssmError(code, format string, args ...any) *APIError {
	return &APIError{Service: "ssm", Code: code, Message: fmt.Sprintf(format, args...), Status: 400}
}

func autoScalingError(code, format string, args ...any) *APIError {
	return &APIError{Service: "autoscaling", Code: code, Message: fmt.Sprintf(format, args...), Status: 400}
}

func ec2Error(code, format string, args ...any) *APIError {
	return &APIError{Service: "ec2", Code: code, Message: fmt.Sprintf(format, args...), Status: 400}
}

// invalidMember is Systems Manager's answer to a value outside the limits of its
// API reference.
func invalidMember(member string, value any, constraint string) *APIError {
	return ssmError("ValidationException",
		"1 validation error detected: Value '%v' at '%s' failed to satisfy constraint: %s", value, member, constraint)
}
