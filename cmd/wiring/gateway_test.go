package wiring

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// gateway is an HTTP API of API Gateway in front of a function, with payload 2.0.
type gateway struct{ function *function }

func (g gateway) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	answer, err := g.forward(req)
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

func (g gateway) forward(req *http.Request) (answer events.APIGatewayV2HTTPResponse, err error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return answer, err
	}
	event := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: req.URL.Path, RawQueryString: req.URL.RawQuery,
		Headers: map[string]string{"host": req.Host},
		Body:    base64.StdEncoding.EncodeToString(body), IsBase64Encoded: true,
	}
	for name, values := range req.Header {
		event.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	event.RequestContext.DomainName = req.Host
	event.RequestContext.HTTP.Method, event.RequestContext.HTTP.Path = req.Method, req.URL.Path
	got, err := g.function.call(event)
	if err != nil {
		return answer, err
	}
	if got.failed {
		return answer, fmt.Errorf("the function failed: %s", got.body)
	}
	return answer, json.Unmarshal(got.body, &answer)
}
