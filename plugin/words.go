package plugin

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// ReadWords reads a list of words of a config struct: an entry that ends in .txt is a file with a
// word in each line. Its errors are *FieldError.
func ReadWords(field string, list []string) (words []string, err error) {
	var errs []error
	for i, entry := range list {
		mistake := func(err error) {
			errs = append(errs, &FieldError{fmt.Sprintf("%s[%d]", field, i), err})
		}
		text, err := fromFile(entry, ".txt")
		if err != nil {
			mistake(err)
			continue
		}
		before := len(words)
		for word := range strings.Lines(text) {
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

// ReadText reads a text of a config struct, such as a prompt: a single line that ends in .txt or .md
// is the path of a file with the text. Its error is a *FieldError.
func ReadText(field, text string) (string, error) {
	text, err := fromFile(text, ".txt", ".md")
	if err != nil {
		return "", &FieldError{field, err}
	}
	return strings.TrimSpace(text), nil
}

// maxFile bounds a file with a text or words, in bytes.
const maxFile = 1 << 20

// fromFile is the text of a file if text is a path with one of the suffixes, or else text.
func fromFile(text string, suffixes ...string) (string, error) {
	if strings.ContainsAny(text, "\n\r") || !slices.Contains(suffixes, filepath.Ext(text)) {
		return text, nil
	}
	info, err := os.Stat(text)
	if err == nil && info.Size() > maxFile {
		err = phrase.Errorf("%s has more than %d KB", text, maxFile>>10)
	}
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(text) //nolint:gosec // the person in charge names it
	return strings.TrimPrefix(string(data), "\ufeff"), err
}
