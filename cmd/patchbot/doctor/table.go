package doctor

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot/dynamostore"
)

// checkTable asks whether the table has the indexes by which the functions find requests: those of
// an older version lack some, by-month and by-unshown among them.
func checkTable(ctx context.Context, x *examination) []finding {
	out, err := x.DynamoDB.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &x.Table})
	if err != nil {
		return failed(applyAgain+" If you are denied access, let your credentials allow dynamodb:DescribeTable.", "The table %s: %v", x.Table, err)
	}
	var findings []finding
	wanted := dynamostore.TableInput(x.Table).GlobalSecondaryIndexes
	for _, want := range wanted {
		name := aws.ToString(want.IndexName)
		i := slices.IndexFunc(out.Table.GlobalSecondaryIndexes, func(d types.GlobalSecondaryIndexDescription) bool { return aws.ToString(d.IndexName) == name })
		switch {
		case i < 0:
			findings = append(findings, failed("Deploy this version with terraform apply, which makes it, or use the patchbot of the deployed one.",
				"The table %s has no index %s: %s.", x.Table, name, withoutIndex(name))...)
		case out.Table.GlobalSecondaryIndexes[i].IndexStatus != types.IndexStatusActive:
			findings = append(findings, warn("DynamoDB makes it, for some minutes. Run the doctor again.",
				"The index %s of the table %s is %s: until it is ACTIVE, %s.", name, x.Table, out.Table.GlobalSecondaryIndexes[i].IndexStatus, withoutIndex(name)))
		}
	}
	if len(findings) == 0 {
		return ok("The table %s has all %d indexes.", x.Table, len(wanted))
	}
	return findings
}

// withoutIndex is what does not work without an index.
func withoutIndex(name string) string {
	switch name {
	case "by-unshown":
		return "channels see nothing new"
	case "by-month":
		return "lists and reports show nothing"
	}
	return "requests are not found by it"
}
