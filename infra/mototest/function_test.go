package mototest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
)

// functionSettings talks to Lambda in plain HTTP: its client is not among the module's
// dependencies.
func functionSettings(t *testing.T, s mototest.Server) {
	kept := `"DeadLetterConfig":{"TargetArn":"arn:aws:sqs:us-east-1:123456789012:dead"},
		"LoggingConfig":{"LogFormat":"JSON","ApplicationLogLevel":"INFO","SystemLogLevel":"WARN","LogGroup":"/aws/lambda/notify"},
		"KMSKeyArn":"arn:aws:kms:us-east-1:123456789012:key/k1","TracingConfig":{"Mode":"Active"}`
	assumable := url.Values{"Action": {"CreateRole"}, "Version": {"2010-05-08"}, "RoleName": {"notify"},
		"AssumeRolePolicyDocument": {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`}}
	send(t, s, "iam", http.MethodPost, "/", "application/x-www-form-urlencoded", assumable.Encode())
	call(t, s, http.MethodPost, "/2015-03-31/functions", `{"FunctionName":"notify","Runtime":"provided.al2023","Handler":"bootstrap",
		"Role":"arn:aws:iam::123456789012:role/notify","Code":{"ZipFile":"UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="},`+kept+`}`)
	call(t, s, http.MethodPut, "/2017-10-31/functions/notify/concurrency", `{"ReservedConcurrentExecutions":7}`)

	requireSettings := func(kept string) {
		t.Helper()
		var want map[string]any
		require.NoError(t, json.Unmarshal([]byte("{"+kept+"}"), &want))
		got := call(t, s, http.MethodGet, "/2015-03-31/functions/notify/configuration", "")
		for name, value := range want {
			require.Equal(t, value, got[name], name)
		}
	}
	requireSettings(kept)
	function := call(t, s, http.MethodGet, "/2015-03-31/functions/notify", "")
	require.Equal(t, map[string]any{"ReservedConcurrentExecutions": 7.0}, function["Concurrency"])

	call(t, s, http.MethodPut, "/2015-03-31/functions/notify/configuration", `{"TracingConfig":{"Mode":"PassThrough"}}`)
	requireSettings(strings.Replace(kept, "Active", "PassThrough", 1))
}

func call(t *testing.T, s mototest.Server, method, path, body string) (got map[string]any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(send(t, s, "lambda", method, path, "application/json", body), &got))
	return got
}

func send(t *testing.T, s mototest.Server, service, method, path, contentType, body string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", contentType)
	credentials, err := s.Config().Credentials.Retrieve(t.Context())
	require.NoError(t, err)
	hash := sha256.Sum256([]byte(body))
	err = v4.NewSigner().SignHTTP(t.Context(), credentials, request, hex.EncodeToString(hash[:]), service, mototest.Region, time.Now())
	require.NoError(t, err)
	answer, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
	require.NoError(t, err)
	data, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Less(t, answer.StatusCode, 300, "%s", data)
	return data
}
