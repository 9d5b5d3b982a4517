package wiring

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// gateway is an HTTP API of API Gateway in front of interact, with payload 2.0.
type gateway func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

func (g gateway) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var answer events.APIGatewayV2HTTPResponse
	event, err := payload(req, time.Now())
	if err == nil {
		answer, err = g(req.Context(), event)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	for name, value := range answer.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.WriteString(w, answer.Body)
}

// payload is a request that the gateway took at some time.
func payload(req *http.Request, took time.Time) (events.APIGatewayV2HTTPRequest, error) {
	body, err := io.ReadAll(req.Body)
	event := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: req.URL.Path, RawQueryString: req.URL.RawQuery,
		Headers: map[string]string{"host": req.Host},
		Body:    base64.StdEncoding.EncodeToString(body), IsBase64Encoded: true,
	}
	for name, values := range req.Header {
		event.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	event.RequestContext.DomainName, event.RequestContext.TimeEpoch = req.Host, took.UnixMilli()
	event.RequestContext.HTTP.Method, event.RequestContext.HTTP.Path = req.Method, req.URL.Path
	return event, err
}

// answer has a function answer what the gateway took.
func (f *function) answer(_ context.Context, event events.APIGatewayV2HTTPRequest) (answer events.APIGatewayV2HTTPResponse, err error) {
	got, err := f.call(event)
	if err != nil {
		return answer, err
	}
	if got.failed {
		return answer, fmt.Errorf("the function failed: %s", got.body)
	}
	return answer, json.Unmarshal(got.body, &answer)
}
