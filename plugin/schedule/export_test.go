package schedule

import "strings"

// Pick returns the part of a JSON answer at a path.
func Pick(body []byte, path string) (string, error) {
	f := Fetch{Values: map[string]string{"x": path}}
	values := map[string]string{}
	err := f.pick(body, values)
	return strings.TrimSpace(values["x"]), err
}
