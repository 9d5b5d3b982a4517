package moduletest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
)

// patchPolicies stands before moto, whose Systems Manager has no associations and finds
// neither targets nor tasks of a maintenance window. It keeps them as they were created.
type patchPolicies struct {
	next http.Handler
	mu   sync.Mutex
	kept map[string]map[string]any // by id
}

// servePatchPolicies returns the address of a Systems Manager that keeps patch policies.
func servePatchPolicies(t *testing.T, moto mototest.Server) string {
	t.Helper()
	address, err := url.Parse(moto.URL)
	require.NoError(t, err)
	server := httptest.NewServer(&patchPolicies{next: httputil.NewSingleHostReverseProxy(address), kept: map[string]map[string]any{}})
	t.Cleanup(server.Close)
	return server.URL
}

func (p *patchPolicies) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	action := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonSSM.")
	data, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var asked map[string]any
	_ = json.Unmarshal(data, &asked) // what is no JSON is moto's business
	answer, ours := p.answer(action, asked)
	if !ours {
		r.Body = io.NopCloser(strings.NewReader(string(data)))
		p.next.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if answer == nil {
		w.WriteHeader(http.StatusBadRequest)
		answer = map[string]any{"__type": "DoesNotExistException"}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// answer reports false for what is moto's, and nil for what is not there.
func (p *patchPolicies) answer(action string, asked map[string]any) (map[string]any, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := func(name string) string { value, _ := asked[name].(string); return value }
	switch action {
	case "CreateAssociation":
		asked["Date"] = time.Now().Unix()
		asked["AssociationVersion"] = "1"
		asked["Overview"] = map[string]any{"Status": "Success"}
		return map[string]any{"AssociationDescription": p.keep(asked, "AssociationId", "8dfe3659-4309-493a-8755-0123456789ab")}, true
	case "DescribeAssociation":
		return p.found("AssociationDescription", text("AssociationId")), true
	case "DeleteAssociation":
		return p.forget(text("AssociationId")), true
	case "RegisterTargetWithMaintenanceWindow":
		return p.keep(asked, "WindowTargetId", "23639a0b-ddbc-4bca-9e72-78d96aaaaaaa"), true
	case "DescribeMaintenanceWindowTargets":
		targets := []any{}
		for _, kept := range p.kept {
			if kept["WindowId"] == asked["WindowId"] && kept["ResourceType"] != nil {
				targets = append(targets, kept)
			}
		}
		return map[string]any{"Targets": targets}, true
	case "DeregisterTargetFromMaintenanceWindow":
		return p.forget(text("WindowTargetId")), true
	case "RegisterTaskWithMaintenanceWindow":
		return p.keep(asked, "WindowTaskId", "4f7ca192-7e9a-40fe-9192-5cb15aaaaaaa"), true
	case "GetMaintenanceWindowTask":
		return p.kept[text("WindowTaskId")], true
	case "DeregisterTaskFromMaintenanceWindow":
		return p.forget(text("WindowTaskId")), true
	case "ListTagsForResource":
		tags := []map[string]string{{"Key": "service", "Value": "patchbot"}, {"Key": "team", "Value": "platform"}}
		return map[string]any{"TagList": tags}, text("ResourceType") == "Association"
	}
	return nil, false
}

// keep keeps what was asked for, under an id.
func (p *patchPolicies) keep(asked map[string]any, name, id string) map[string]any {
	delete(asked, "Tags")
	asked[name] = id
	p.kept[id] = asked
	return asked
}

func (p *patchPolicies) found(name, id string) map[string]any {
	if p.kept[id] == nil {
		return nil
	}
	return map[string]any{name: p.kept[id]}
}

func (p *patchPolicies) forget(id string) map[string]any {
	delete(p.kept, id)
	return map[string]any{}
}
