package botfile

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// list is a list of strings, or one string.
type list []string

// joined is the list in one string.
func (l list) joined() string { return strings.Join(l, ",") }

// UnmarshalYAML reads either.
func (l *list) UnmarshalYAML(read func(any) error) error {
	var many []string
	if err := read(&many); err == nil {
		*l = many
		return nil
	}
	var one string
	if err := read(&one); err != nil {
		return err
	}
	*l = []string{one}
	return nil
}

// size is a number of bytes: 10KB, 1.5MB, 2GB, 900. K, M and G are powers of 1024.
type size int64

// UnmarshalYAML reads a size.
func (z *size) UnmarshalYAML(n ast.Node) error {
	return readScalar(n, func(s string) error {
		bytes, err := parseSize(s)
		*z = size(bytes)
		return err
	})
}

func parseSize(s string) (int64, error) {
	number := strings.ToUpper(strings.TrimSpace(s))
	unit := int64(1)
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"B", 1}} {
		if rest, ok := strings.CutSuffix(number, u.suffix); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f < 0 || f*float64(unit) > 1<<60 {
		return 0, fmt.Errorf("%q is no size: write 900, 10KB, 1.5MB or 2GB", s)
	}
	return int64(f * float64(unit)), nil
}

// duration is a time such as 90s or 5m.
type duration time.Duration

// UnmarshalYAML reads a duration.
func (d *duration) UnmarshalYAML(n ast.Node) error {
	return readScalar(n, func(s string) error {
		v, err := time.ParseDuration(s)
		if err != nil {
			return fmt.Errorf("%q is no duration: write 90s, 5m or 1h30m", s)
		}
		*d = duration(v)
		return nil
	})
}

// readScalar reads the text of a value; an error knows the line.
func readScalar(n ast.Node, read func(string) error) error {
	var s string
	err := yaml.NodeToValue(n, &s)
	if err == nil {
		err = read(s)
	}
	if err != nil {
		return &lineError{n.GetToken().Position.Line, err}
	}
	return nil
}
