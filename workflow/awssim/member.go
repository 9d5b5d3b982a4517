package awssim

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// The structs that mirror AWS messages spell their fields exactly as AWS spells
// the members (InstanceId, KBId): the field name is the JSON name. An input's
// field tagged `member:"required"` must be there and not null.

// accepted is an input member that AWS knows and that changes nothing here.
type accepted = json.RawMessage

// unsimulated is an input member that AWS knows and that would change the answer
// in a way this fleet cannot follow.
type unsimulated struct{}

// memberError is a member that is unknown or absent.
type memberError struct {
	path    string // e.g. "Filters[0].Values"
	unknown bool   // else it is required and absent
}

func (e *memberError) Error() string {
	if e.unknown {
		return "unknown member " + e.path
	}
	return "missing member " + e.path
}

// decode reads a task's input into the struct that into points to. An absent
// input is an empty object.
func decode(service string, input json.RawMessage, into any) error {
	if len(input) == 0 {
		input = json.RawMessage("{}")
	}
	err := checkMembers(input, reflect.TypeOf(into).Elem(), "")
	if err == nil {
		err = json.Unmarshal(input, into)
	}
	return asRefusal(service, err)
}

func asRefusal(service string, err error) error {
	var member *memberError
	switch {
	case errors.As(err, &member):
		return memberRefusal(service, member)
	case errors.As(err, new(*json.UnmarshalTypeError)), errors.As(err, new(*json.SyntaxError)):
		return &APIError{Service: service, Code: "SerializationException", Message: err.Error(), Status: 400}
	}
	return err
}

func memberRefusal(service string, err *memberError) error {
	switch {
	case err.unknown && service == "ec2":
		return ec2Error("UnknownParameter", "The parameter %s is not recognized", err.path)
	case err.unknown:
		return ssmError("ValidationException", "The field %q is not supported", err.path)
	case service == "ec2":
		return ec2Error("MissingParameter", "The request must contain the parameter %s", err.path)
	default:
		return ssmError("ValidationException",
			"1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", err.path)
	}
}

// checkMembers compares a message's member names with a struct's field names,
// case and all, which encoding/json does not do.
func checkMembers(raw json.RawMessage, t reflect.Type, path string) error {
	switch {
	case string(raw) == "null" || t == reflect.TypeFor[accepted]():
		return nil
	case t == reflect.TypeFor[unsimulated]():
		return fmt.Errorf("%w: %s", ErrNotSimulated, path)
	case t.Kind() == reflect.Pointer:
		return checkMembers(raw, t.Elem(), path)
	case t.Kind() == reflect.Slice:
		return checkElements(raw, t.Elem(), path)
	case t.Kind() == reflect.Struct:
		return checkFields(raw, t, path)
	default:
		return nil
	}
}

func checkElements(raw json.RawMessage, t reflect.Type, path string) error {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return err
	}
	for i, element := range elements {
		if err := checkMembers(element, t, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

func checkFields(raw json.RawMessage, t reflect.Type, path string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	if path != "" {
		path += "."
	}
	for name, value := range members {
		field, ok := t.FieldByName(name)
		if !ok {
			return &memberError{path: path + name, unknown: true}
		}
		if err := checkMembers(value, field.Type, path+name); err != nil {
			return err
		}
	}
	for field := range t.Fields() {
		value, ok := members[field.Name]
		if field.Tag.Get("member") == "required" && (!ok || string(value) == "null") {
			return &memberError{path: path + field.Name}
		}
	}
	return nil
}
