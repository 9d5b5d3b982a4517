package doctor

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/infra/mototest"
)

// tableDefects are those of an installation whose table an older version made.
func (d *doctorTest) tableDefects() map[string]defect {
	without := func(index string) (cause, mend func(*testing.T)) {
		update := func(t *testing.T, change types.GlobalSecondaryIndexUpdate) {
			_, err := d.Account.DynamoDB.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &d.Installation.Table,
				AttributeDefinitions: dynamostore.TableInput(d.Installation.Table).AttributeDefinitions, GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{change}})
			require.NoError(t, err)
		}
		return func(t *testing.T) {
				update(t, types.GlobalSecondaryIndexUpdate{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: &index}})
			}, func(t *testing.T) {
				update(t, types.GlobalSecondaryIndexUpdate{Create: indexOf(t, index)})
			}
	}
	loseMonth, makeMonth := without("by-month")
	loseUnshown, makeUnshown := without("by-unshown")
	return map[string]defect{
		"a table without the index of months":            {loseMonth, makeMonth, "table, moved questions", failure, "has no index by-month: lists and reports show nothing"},
		"a table without the index of what is not shown": {loseUnshown, makeUnshown, "table", failure, "has no index by-unshown: channels see nothing new"},
	}
}

// indexOf is how an index is made.
func indexOf(t *testing.T, name string) *types.CreateGlobalSecondaryIndexAction {
	for _, i := range dynamostore.TableInput("").GlobalSecondaryIndexes {
		if aws.ToString(i.IndexName) == name {
			return &types.CreateGlobalSecondaryIndexAction{IndexName: i.IndexName, KeySchema: i.KeySchema, Projection: i.Projection}
		}
	}
	require.Fail(t, "no index "+name)
	return nil
}

func TestAnIndexThatIsBeingMade(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var indexes []string
		for _, i := range []string{"by-instance", "by-owner", "by-channel", "by-wait", "by-due", "by-month"} {
			indexes = append(indexes, `{"IndexName": "`+i+`", "IndexStatus": "ACTIVE"}`)
		}
		indexes = append(indexes, `{"IndexName": "by-unshown", "IndexStatus": "CREATING"}`)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = w.Write([]byte(`{"Table": {"GlobalSecondaryIndexes": [` + strings.Join(indexes, ",") + `]}}`))
	}))
	defer server.Close()
	x := &examination{Installation: installation.Installation{Table: "requests"}}
	x.DynamoDB = dynamodb.NewFromConfig(mototest.Server{URL: server.URL}.Config())
	require.Equal(t, []finding{{Verdict: warning, Found: "The index by-unshown of the table requests is CREATING: until it is ACTIVE, channels see nothing new.",
		Do: "DynamoDB makes it, for some minutes. Run the doctor again."}}, checkTable(t.Context(), x))
}
