package wiring

import (
	"crypto/md5" // #nosec G501 -- SQS answers with it
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What one call takes, as it is measured from a Lambda function of the same Region.
var callTimes = map[string]time.Duration{
	"secretsmanager":    30 * time.Millisecond,
	"DynamoDB_20120810": 8 * time.Millisecond,
	"AmazonSQS":         12 * time.Millisecond,
	"AWSStepFunctions":  50 * time.Millisecond,
	"slack":             250 * time.Millisecond,
}

// standins answers what interact asks of AWS, over TLS, and takes the time that AWS takes. It refuses
// nothing: what AWS does with what it is asked is held elsewhere. Before it is slow, it fills its
// table at once.
type standins struct {
	slow  bool
	mu    sync.Mutex
	items map[string]json.RawMessage // of the table, by their keys
	calls map[string]int             // by operation, e.g. "DynamoDB_20120810.GetItem"
}

func newStandins() *standins {
	return &standins{items: map[string]json.RawMessage{}, calls: map[string]int{}}
}

// put fills the table by hand; attributes are DynamoDB's JSON, e.g. "channel": {"S": "C0123456789"}.
func (s *standins) put(pk, sk, attributes string) {
	s.items[pk+" "+sk] = json.RawMessage(fmt.Sprintf(`{"pk": {"S": %q}, "sk": {"S": %q}, %s}`, pk, sk, attributes))
}

// tableKey is what is read of an item, or of a key.
type tableKey struct{ PK, SK struct{ S string } }

type dynamoRequest struct {
	Key           json.RawMessage
	RequestItems  map[string]struct{ Keys []json.RawMessage }
	TransactItems []struct {
		Put struct{ Item json.RawMessage }
	}
}

func (s *standins) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	target := req.Header.Get("X-Amz-Target")
	service, operation, _ := strings.Cut(target, ".")
	if s.slow {
		time.Sleep(callTimes[service])
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[target]++
	var in struct {
		dynamoRequest
		MessageBody string
	}
	if err := json.NewDecoder(req.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch service {
	case "secretsmanager":
		answerJSON(w, map[string]string{"SecretString": nextKeys})
	case "AmazonSQS":
		sum := md5.Sum([]byte(in.MessageBody)) // #nosec G401 -- SQS answers with it
		answerJSON(w, map[string]string{"MessageId": "m1", "MD5OfMessageBody": hex.EncodeToString(sum[:])})
	case "AWSStepFunctions":
		answerJSON(w, struct{}{})
	default:
		answerJSON(w, s.table(operation, in.dynamoRequest))
	}
}

// table answers an operation of DynamoDB. A query finds every request.
func (s *standins) table(operation string, in dynamoRequest) any {
	switch operation {
	case "GetItem":
		return map[string]any{"Item": s.items[keyOf(in.Key)]}
	case "Query":
		var requests []json.RawMessage
		for key, item := range s.items {
			if strings.HasSuffix(key, " REQUEST") {
				requests = append(requests, item)
			}
		}
		return map[string]any{"Items": requests, "Count": len(requests)}
	case "BatchGetItem":
		found := map[string][]json.RawMessage{}
		for table, asked := range in.RequestItems {
			for _, key := range asked.Keys {
				found[table] = append(found[table], s.items[keyOf(key)])
			}
		}
		return map[string]any{"Responses": found}
	}
	for _, write := range in.TransactItems {
		if item := write.Put.Item; item != nil {
			s.items[keyOf(item)] = item
		}
	}
	return struct{}{}
}

func keyOf(item json.RawMessage) string {
	var k tableKey
	if err := json.Unmarshal(item, &k); err != nil {
		return ""
	}
	return k.PK.S + " " + k.SK.S
}

func answerJSON(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

// overTLS serves h, and returns the address and what a program needs in its environment to trust
// it. Programs trust the certificate of one server only, which is the same of all servers here.
func overTLS(t testing.TB, h http.Handler) (address, trust string) {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(file, certificate, 0o600))
	return server.URL, fmt.Sprintf("SSL_CERT_FILE=%s", file)
}

// inProcess calls a handler without a network.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, req)
	return answer.Result(), nil
}
