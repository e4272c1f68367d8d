package texts

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/lang"
)

// described are the errors that have no text of their own: those of the system, of the standard
// library, of the service and of the command line.
func described() []lang.Describe {
	return []lang.Describe{ofPath, ofRegexp, ofService, ofCommandLine()}
}

// ofRegexp describes a regular expression that cannot be read.
func ofRegexp(p *lang.Printer, err error) (string, bool) {
	e, ok := err.(*syntax.Error) //nolint:errorlint // of this error
	if !ok {
		return "", false
	}
	return p.F("error parsing regexp: %s: `%s`", p.Word(string(e.Code)), e.Expr), true
}

// ofService describes a call that the service refused, or did not answer.
func ofService(p *lang.Printer, err error) (string, bool) {
	e, ok := err.(*api.Error) //nolint:errorlint // of this error
	if !ok {
		return "", false
	}
	text := p.F("api: the call %s failed", e.Endpoint)
	var details []string
	if e.Ret != 0 {
		details = append(details, p.F("ret %d", e.Ret))
	}
	if e.HTTPStatus != 0 && e.HTTPStatus != 200 {
		details = append(details, p.F("HTTP %d", e.HTTPStatus))
	}
	if e.Code != "" {
		details = append(details, p.F("code %s", e.Code))
	}
	if len(details) > 0 {
		text += p.F(" (%s)", strings.Join(details, p.Word(", ")))
	}
	if e.Message != "" {
		text += p.F(": %s", e.Message)
	}
	if e.Err != nil {
		text += p.F(": %v", e.Err)
	}
	if e.RetryAfter > 0 {
		text += p.F("; it asks to wait %v", e.RetryAfter)
	}
	switch e.Executed() {
	case api.ExecutedUnknown:
		text += p.Word("; it may have been executed")
	case api.ExecutedYes:
		text += p.Word("; it was executed")
	case api.ExecutedNo:
	}
	return text, true
}

// ofCommandLine describes what kong finds wrong with arguments: its errors are only text.
func ofCommandLine() lang.Describe {
	type form struct {
		match  *regexp.Regexp
		format string
	}
	var forms []form
	for _, f := range commandLineForms() {
		forms = append(forms, form{regexp.MustCompile("(?s)^" + f[0] + "$"), f[1]})
	}
	meant := regexp.MustCompile(`^(.*), did you mean (one of )?(.*)\?$`)
	var describe lang.Describe
	describe = func(p *lang.Printer, err error) (string, bool) {
		if errors.Unwrap(err) != nil {
			return "", false
		}
		if _, several := err.(interface{ Unwrap() []error }); several {
			return "", false
		}
		text := err.Error()
		if m := meant.FindStringSubmatch(text); m != nil {
			if about, ok := describe(p, errors.New(m[1])); ok {
				return p.F("%s, did you mean %s?", about, m[3]), true
			}
		}
		for _, f := range forms {
			if m := f.match.FindStringSubmatch(text); m != nil {
				args := make([]any, len(m)-1)
				for i, arg := range m[1:] {
					args[i] = arg
				}
				return p.F(f.format, args...), true
			}
		}
		return "", false
	}
	return describe
}

// commandLineForms are the expressions for the errors of kong, and their texts.
func commandLineForms() [][2]string {
	return [][2]string{
		{`unknown flag (\S+)`, "unknown flag %s"},
		{`unexpected argument (\S+)`, "unexpected argument %s"},
		{`missing flags: (.+)`, "missing flags: %s"},
		{`missing positional arguments (.+)`, "missing positional arguments %s"},
		{`expected one of (.+)`, "expected one of %s"},
		{`(--\S+): missing value, expecting .*`, "%s needs a value"},
		{`expected duration but got ("[^"]*").*`, "%s is not a duration: write 90s, 5m or 2h"},
		{`expected an? (?:int|float) but got ("[^"]*").*`, "%s is not a number"},
		{`expected a valid \d+ bit u?int but got ("[^"]*").*`, "%s is not a number"},
		{`(\S+) must be one of (.+) but got (".*")`, "%s must be one of %s but got %s"},
		{`(--\S+) and (--\S+) can't be used together`, "%s and %s can't be used together"},
		{`expected ([<"].+)`, "expected %s"},
	}
}
