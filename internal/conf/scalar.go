package conf

import (
	"encoding"
	"errors"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

var errOneValue = errors.New("one value is expected here, not a list or a section")

// Short is a section that may be written as one value, too: off, or the value of its most important
// key.
type Short interface {
	UnmarshalShort(value string) error
}

// ShortList is a section that may be written as a value or a list of values, too: those of its most
// important key.
type ShortList interface {
	UnmarshalShortList(values []string) error
}

// Off is the value that switches a thing off.
const Off = "off"

// The options of a tag, behind the key.
const (
	optionBytes = "bytes"
	optionNot   = "not"
	optionOff   = "off"
	optionDate  = "date"
)

// scalar reads a value that is not a section or a list. done is false for types of which it knows
// nothing.
func scalar(n ast.Node, v reflect.Value, option string) (err error, done bool) {
	read := reader(v, option)
	if read == nil {
		return nil, false
	}
	value, ok := text(n)
	if !ok {
		return errOneValue, true
	}
	return read(value), true
}

// reader returns the function that reads a text into a value; nil if the YAML library is to do it.
func reader(v reflect.Value, option string) func(string) error {
	switch to := v.Addr().Interface().(type) {
	case *time.Duration:
		return func(s string) (err error) {
			if s == Off && option == optionOff {
				*to = -1
				return nil
			}
			if *to, err = ParseDuration(s); err == nil && *to <= 0 && option == optionOff {
				return phrase.Errorf("%q is no time: write one above 0, or off", s) // 0 would be the default
			}
			return err
		}
	case *time.Time:
		if option == optionDate {
			return func(s string) (err error) {
				*to, err = parseDay(s)
				return err
			}
		}
	case encoding.TextUnmarshaler:
		return func(s string) error { return withoutPackage(v.Type(), to.UnmarshalText([]byte(s))) }
	}
	switch kind := v.Kind(); {
	case kind == reflect.Bool:
		return func(s string) error {
			b, err := parseBool(s)
			v.SetBool(b != (option == optionNot))
			return err
		}
	case v.CanInt() && option == optionBytes:
		return func(s string) error {
			size, err := ParseSize(s)
			v.SetInt(size)
			return err
		}
	case v.CanInt() && option == optionOff:
		return func(s string) error {
			if s == Off {
				v.SetInt(-1)
				return nil
			}
			i, err := strconv.ParseInt(s, 10, 64)
			if err != nil || i < 1 || v.OverflowInt(i) {
				return phrase.Errorf("%q is not a limit: write a number from 1 on, or off", s)
			}
			v.SetInt(i)
			return nil
		}
	}
	return nil
}

// withoutPackage takes the name of its package off an error: the line of the file is the better
// place.
func withoutPackage(t reflect.Type, err error) error {
	if err == nil {
		return nil
	}
	text, found := strings.CutPrefix(err.Error(), path.Base(t.PkgPath())+": ")
	if !found {
		return err
	}
	return errors.New(text)
}

// text is the text of a scalar value as the file spells it.
func text(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.TagNode:
		return text(n.Value)
	case ast.ScalarNode:
		return spell(n.GetToken().Value), true
	}
	return "", false
}

// parseBool reads yes and no as people write them.
func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", Off, "0":
		return false, nil
	}
	return false, phrase.Errorf("%q is neither true nor false", s)
}

// ParseDuration reads 90s, 5m, 1h30m, 7d or 2w.
func ParseDuration(s string) (time.Duration, error) {
	written := strings.ToLower(strings.TrimSpace(s))
	days := regexp.MustCompile(`^(\d{1,5}(?:\.\d+)?)([dw])`).FindStringSubmatch(written)
	var sum time.Duration
	if days != nil {
		n, err := strconv.ParseFloat(days[1], 64)
		if err != nil {
			return 0, noDuration(s)
		}
		day := float64(24 * time.Hour)
		if days[2] == "w" {
			day *= 7
		}
		sum = time.Duration(n * day)
		if written = written[len(days[0]):]; written == "" {
			return sum, nil
		}
	}
	rest, err := time.ParseDuration(written)
	if err != nil || days != nil && rest < 0 {
		return 0, noDuration(s)
	}
	return sum + rest, nil
}

func noDuration(s string) error {
	return phrase.Errorf("%q is not a duration: write 90s, 5m, 1h30m or 7d", s)
}

// ParseSize reads a number of bytes: 10KB, 1.5MB, 2GB, 900. K, M and G are powers of 1024.
func ParseSize(s string) (int64, error) {
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
	if err != nil || !(f >= 0 && f*float64(unit) <= 1<<60) {
		return 0, phrase.Errorf("%q is not a size: write 900, 10KB, 1.5MB or 2GB", s)
	}
	return int64(f * float64(unit)), nil
}

// parseDay reads a day such as 2026-01-31.
func parseDay(s string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, phrase.Errorf("%q is not a day: write 2026-01-31", s)
	}
	return day, nil
}

// ReadScalar reads the text of a value; an error knows the line. It is for types that implement
// yaml.NodeUnmarshaler.
func ReadScalar(n ast.Node, read func(string) error) error {
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
