package moduletest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// named finds the statements with a sid, by the address of their policy.
func (p plan) named(t *testing.T, sid string, types ...string) map[string]statement {
	t.Helper()
	found := map[string]statement{}
	for address, statements := range p.statements(t, types...) {
		for _, s := range statements {
			if s.Sid == sid {
				found[address] = s
			}
		}
	}
	require.NotEmpty(t, found, sid)
	return found
}

func (p plan) letsInteractAskAgain(t *testing.T) {
	for address, s := range p.named(t, "AskAgain", "aws_iam_role_policy") {
		require.Equal(t, `module.patchbot.aws_iam_role_policy.function["interact"]`, address)
		require.Equal(t, []string{"states:StartExecution"}, []string(s.Action))
		require.Equal(t, []string{p.machine(t, "patch-approval").text("arn")}, []string(s.Resource))
	}
}

func (p plan) letsOnlyOursPublish(t *testing.T) {
	roles := map[string][]string{"notifications": {"patchbot-patch-approval", "patchbot-roll-back"}, "emails": {"patchbot-progress"}}
	for topic, names := range roles {
		address := `module.patchbot.aws_sns_topic_policy.publishers["` + topic + `"]`
		for _, list := range [][]string{
			p.named(t, "NobodyElsePublishes", "aws_sns_topic_policy")[address].Condition["ArnNotEquals"]["aws:PrincipalArn"],
		} {
			require.Len(t, list, len(names), address)
			for _, name := range names {
				require.True(t, slices.ContainsFunc(list, func(arn string) bool { return strings.HasSuffix(arn, ":role/"+name) }), "%s: %s in %v", address, name, list)
			}
		}
		denied := p.named(t, "NobodyElsePublishes", "aws_sns_topic_policy")[address]
		require.Equal(t, "Deny", denied.Effect)
		require.Contains(t, string(denied.Principal), `"*"`)
	}
}

func (p plan) refusesWithoutTLS(t *testing.T) {
	for _, kind := range []string{"aws_sns_topic_policy", "aws_sqs_queue_policy", "aws_secretsmanager_secret_policy"} {
		denied := p.named(t, "NothingWithoutTLS", kind)
		for address, s := range denied {
			require.Equal(t, "Deny", s.Effect, address)
			require.Equal(t, oneOrMore{"false"}, s.Condition["Bool"]["aws:SecureTransport"], address)
		}
		if kind == "aws_sqs_queue_policy" {
			require.Len(t, denied, len(p.ofType(t, "aws_sqs_queue")), "every queue has one")
		}
	}
}

func (p plan) letsNoFunctionWriteOwners(t *testing.T) {
	denied := p.named(t, "NeverWriteOwners", "aws_iam_role_policy")
	require.Len(t, denied, len(functions))
	for address, s := range denied {
		require.Equal(t, "Deny", s.Effect, address)
		require.Equal(t, oneOrMore{"OWNERS"}, s.Condition["ForAnyValue:StringEquals"]["dynamodb:LeadingKeys"], address)
		require.Subset(t, s.Action, []string{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, address)
	}
}

func (p plan) usesTheKeyThroughServices(t *testing.T) {
	uses := 0
	for address, statements := range p.statements(t, "aws_iam_role_policy") {
		for _, s := range statements {
			if slices.Contains(s.Action, "kms:Decrypt") {
				uses++
				require.NotEmpty(t, s.Condition["StringEquals"]["kms:ViaService"], "%s %s", address, s.Sid)
			}
		}
	}
	require.Positive(t, uses)
}

func (p plan) throttlesEachRoute(t *testing.T) {
	throttled := map[string]float64{}
	for _, settings := range p.ofType(t, "aws_apigatewayv2_stage")[0].blocks("route_settings") {
		throttled[settings["route_key"].(string)] = settings["throttling_rate_limit"].(float64)
	}
	for _, route := range p.ofType(t, "aws_apigatewayv2_route") {
		require.Positive(t, throttled[route.text("route_key")], route.Address)
	}
}

func (p plan) countsRefusals(t *testing.T) {
	var counted []string
	for _, filter := range p.ofType(t, "aws_cloudwatch_log_metric_filter") {
		counted = append(counted, filter.text("pattern"))
		metric := filter.blocks("metric_transformation")[0]["name"]
		require.True(t, slices.ContainsFunc(p.ofType(t, "aws_cloudwatch_metric_alarm"), func(a resource) bool { return a.text("metric_name") == metric }), "no alarm on %v", metric)
	}
	require.ElementsMatch(t, []string{`{ $.status = "401" }`, `{ $.status = "429" && $.route = "POST /slack/*" }`}, counted)
	require.True(t, slices.ContainsFunc(p.ofType(t, "aws_cloudwatch_metric_alarm"), func(a resource) bool { return a.text("metric_name") == "DecidedElsewhere" }))
}

func (p plan) hearsOfTags(t *testing.T) {
	for _, rule := range p.ofType(t, "aws_cloudwatch_event_rule") {
		if rule.Index != "tags" {
			continue
		}
		var pattern struct {
			Source []string
			Detail map[string]json.RawMessage
		}
		require.NoError(t, json.Unmarshal([]byte(rule.text("event_pattern")), &pattern))
		require.Equal(t, []string{"aws.tag"}, pattern.Source)
		require.JSONEq(t, `[{"equals-ignore-case": "owner"}, {"equals-ignore-case": "patch-channel"},
			{"equals-ignore-case": "patch-group"}, {"equals-ignore-case": "patch-approvals"}, {"equals-ignore-case": "patch-policy"}]`, string(pattern.Detail["changed-tag-keys"]))
		return
	}
	require.Fail(t, "no rule hears of tags")
}
