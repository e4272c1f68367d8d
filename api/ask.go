package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// params is the body of a call without a request struct.
type params map[string]any

// ask makes a call that returns data. It refuses empty fields.
func ask[T any](ctx context.Context, c *Client, endpoint string, k class, body any, fields ...field) (*T, error) {
	if err := required(endpoint, fields...); err != nil {
		return nil, err
	}
	var answer T
	if err := c.call(ctx, endpoint, k, body, &answer); err != nil {
		return nil, err
	}
	return &answer, nil
}

// do makes a call that returns no data.
func (c *Client) do(ctx context.Context, endpoint string, k class, body any, fields ...field) error {
	if err := required(endpoint, fields...); err != nil {
		return err
	}
	return c.call(ctx, endpoint, k, body, nil)
}

// required returns an error for the first field that is empty.
func required(endpoint string, fields ...field) error {
	for _, f := range fields {
		if strings.TrimSpace(f.value) == "" {
			return &Error{Endpoint: endpoint, Err: fmt.Errorf("%w: %s", ErrMissingField, f.name), executed: ExecutedNo}
		}
	}
	return nil
}

// field is a required field of a request, with its name on the wire.
type field struct{ name, value string }

// number returns a required number; 0 means that it was forgotten.
func number[T ~int | ~int64 | ~uint64](name string, v T) field {
	if v == 0 {
		return field{name, ""}
	}
	return field{name, "set"}
}

// list returns a required list, which must not be empty and must not contain empty elements.
func list[S ~[]E, E ~string](name string, values S) field {
	if len(values) == 0 {
		return field{name, ""}
	}
	for _, v := range values {
		if strings.TrimSpace(string(v)) == "" {
			return field{name, ""}
		}
	}
	return field{name, "set"}
}

// Extra holds the members of an answer that have no field of their own, undecoded: the larger
// objects of the service have undocumented members, which differ by build. It is nil if there were
// none.
type Extra map[string]json.RawMessage
