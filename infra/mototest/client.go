package mototest

import (
	"bytes"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// httpClient sends a copy of each body. The SDK closes a request's own body as soon as it has
// the answer; a server as near as this one answers before the transport has seen the body's
// end, which the transport then takes for a failed request: the answer is lost, and a call
// that was carried out is sent again.
func httpClient() aws.HTTPClient {
	return copiesBody{awshttp.NewBuildableClient()}
}

type copiesBody struct{ next aws.HTTPClient }

func (c copiesBody) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		return c.next.Do(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	sent := r.Clone(r.Context())
	sent.Body = io.NopCloser(bytes.NewReader(body))
	return c.next.Do(sent)
}
