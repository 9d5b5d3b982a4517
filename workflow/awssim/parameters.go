package awssim

import "regexp"

// patchParameters are the parameters of AWS-RunPatchBaseline, each with the pattern
// that its one value has to match. An empty value is none.
var patchParameters = map[string]*regexp.Regexp{
	"Operation":           regexp.MustCompile(`^(Scan|Install)$`),
	"RebootOption":        regexp.MustCompile(`^(RebootIfNeeded|NoReboot)$`),
	"SnapshotId":          regexp.MustCompile(`^$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
	"InstallOverrideList": regexp.MustCompile(`^$|^https://.+$|^s3://[^/]+/.+$`),
	"BaselineOverride":    regexp.MustCompile(`^$|^https://.+$|^s3://[^/]+/.+$`),
}

// checkNoParameters refuses all parameters, for a document that has none.
func checkNoParameters(parameters map[string][]string) error {
	for name := range parameters {
		return ssmError("InvalidParameters", "Parameter %q is not defined in the document.", name)
	}
	return nil
}

// checkPatchParameters refuses what the document has not, and values it does not take.
func checkPatchParameters(parameters map[string][]string) error {
	if parameters["Operation"] == nil {
		return ssmError("InvalidParameters", "Parameter %q requires a value.", "Operation")
	}
	for name, values := range parameters {
		pattern, known := patchParameters[name]
		switch {
		case !known:
			return ssmError("InvalidParameters", "Parameter %q is not defined in the document.", name)
		case len(values) != 1:
			return ssmError("InvalidParameters", "Parameter %q must have one value.", name)
		case !pattern.MatchString(values[0]):
			return ssmError("InvalidParameters", "Parameter %q with value %q does not match %s.", name, values[0], pattern)
		}
	}
	return nil
}
