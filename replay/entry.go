package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/record"
)

// Entry is one body that was posted, and when. In a file it is one line:
// {"received": …, "body": {…}}, or with "base64" in place of "body" where the body is not JSON.
type Entry struct {
	// Received is when it arrived; zero if unknown.
	Received time.Time
	Body     []byte
}

// MarshalJSON writes the line of a file.
func (e Entry) MarshalJSON() ([]byte, error) {
	text, err := record.NewLine(e.Received, e.Body).Encode()
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	return text, nil
}

// UnmarshalJSON reads the line of a file.
func (e *Entry) UnmarshalJSON(b []byte) error {
	var l record.Line
	if err := json.Unmarshal(b, &l); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	e.Received, e.Body = l.Received, l.Body
	if l.Body == nil {
		e.Body = l.Base64
	}
	return nil
}

// errEmpty means that there is nothing to replay.
var errEmpty = errors.New("replay: no callbacks: name files of a recording (.jsonl), of bodies (.json), or directories of them")

// Read reads recordings in the order of the paths: .jsonl files with an entry, or a bare body, in
// each line, and any other file as one bare body. Of a directory it reads the .jsonl and .json
// files in the order of their names, which for a recording is that of time.
func Read(paths ...string) ([]Entry, error) {
	var all []Entry
	for _, path := range paths {
		files, err := filesAt(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			text, err := os.ReadFile(file) //nolint:gosec // to read the named files is the purpose
			if err != nil {
				return nil, fmt.Errorf("replay: %w", err)
			}
			if !strings.HasSuffix(file, ".jsonl") {
				all = append(all, Entry{Body: text})
				continue
			}
			all = append(all, Parse(text)...)
		}
	}
	if len(all) == 0 {
		return nil, errEmpty
	}
	return all, nil
}

func filesAt(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && slices.Contains([]string{".jsonl", ".json"}, filepath.Ext(file)) {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	slices.Sort(files)
	return files, nil
}

// Parse reads the text of a .jsonl file. A line that is not an entry is a bare body.
func Parse(text []byte) []Entry {
	var all []Entry
	for l := range bytes.Lines(text) {
		l = bytes.TrimSpace(l)
		if len(l) == 0 {
			continue
		}
		var e Entry
		if err := json.Unmarshal(l, &e); err != nil || len(e.Body) == 0 && e.Received.IsZero() {
			e = Entry{Body: bytes.Clone(l)}
		}
		all = append(all, e)
	}
	return all
}
