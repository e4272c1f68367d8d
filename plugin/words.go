package plugin

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// ReadWords reads a list of words of a config struct: an entry that ends in .txt is a file with a
// word in each line. Its errors are *FieldError.
func ReadWords(field string, list []string) (words []string, err error) {
	var errs []error
	for i, entry := range list {
		mistake := func(err error) {
			errs = append(errs, &FieldError{fmt.Sprintf("%s[%d]", field, i), err})
		}
		lines := []string{entry}
		if strings.HasSuffix(entry, ".txt") {
			text, err := os.ReadFile(entry) //nolint:gosec // the person in charge names it
			if err != nil {
				mistake(err)
				continue
			}
			lines = strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
		}
		before := len(words)
		for _, word := range lines {
			if word = strings.TrimSpace(word); word != "" {
				words = append(words, word)
			}
		}
		if len(words) == before {
			mistake(errors.New("there is no word in it"))
		}
	}
	return words, errors.Join(errs...)
}

// ReadPatterns reads a list of regular expressions of a config struct. One that matches the empty
// text is a mistake, as it would match every message. Its errors are *FieldError.
func ReadPatterns(field string, list []string) (patterns []*regexp.Regexp, err error) {
	var errs []error
	for i, text := range list {
		re, err := regexp.Compile(text)
		if err == nil && re.MatchString("") {
			err = errors.New("it matches the empty text, so every message would be a hit")
		}
		if err != nil {
			errs = append(errs, &FieldError{fmt.Sprintf("%s[%d]", field, i), err})
			continue
		}
		patterns = append(patterns, re)
	}
	return patterns, errors.Join(errs...)
}
