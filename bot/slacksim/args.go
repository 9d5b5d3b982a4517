package slacksim

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxRequestBytes bounds what is read of one request, so that a runaway caller
// fails here and not in memory.
const maxRequestBytes = 4 << 20

// readArgs reads the arguments of a request and its token. The token is in the
// Authorization header or, in forms and queries only, in the field "token".
// Methods that do not read JSON see no arguments in a JSON body.
func readArgs(r *http.Request, readsJSON bool) (args map[string]string, token string, err error) {
	r.Body = io.NopCloser(io.LimitReader(r.Body, maxRequestBytes))
	token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		if !readsJSON {
			return map[string]string{}, token, nil
		}
		args, err = readJSONArgs(r.Body)
		return args, token, err
	}
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(maxRequestBytes) // #nosec G120 -- the body is limited above
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		return nil, "", apiError{code: "invalid_form_data"}
	}
	args = map[string]string{}
	for name := range r.Form {
		args[name] = r.Form.Get(name)
	}
	if token == "" {
		token = args["token"]
	}
	return args, token, nil
}

// readJSONArgs flattens a JSON object: strings become their text, other values
// keep their JSON form, so that blocks look the same in a form and in JSON.
func readJSONArgs(body io.Reader) (map[string]string, error) {
	var fields map[string]json.RawMessage
	if err := json.NewDecoder(body).Decode(&fields); err != nil {
		return nil, apiError{code: "invalid_json"}
	}
	args := map[string]string{}
	for name, raw := range fields {
		var text string
		switch {
		case string(raw) == "null":
			continue
		case json.Unmarshal(raw, &text) == nil:
			args[name] = text
		default:
			args[name] = string(raw)
		}
	}
	return args, nil
}
