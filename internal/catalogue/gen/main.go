// Command gen makes catalogue.json and the tables of docs/en/api.md and docs/zh/api.md from the two
// YAML files. `go generate ./internal/catalogue` runs it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/goccy/go-yaml"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generate writes one endpoint per line, for readable diffs.
func generate() error {
	var out bytes.Buffer
	out.WriteString("[\n")
	var endpoints []map[string]any
	for i, file := range []string{"catalogue.yaml", "extra.yaml"} {
		text, err := os.ReadFile(file) //nolint:gosec // one of the two names above
		if err != nil {
			return err
		}
		var all []map[string]any
		if err := yaml.Unmarshal(text, &all); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for _, e := range all {
			for _, key := range []string{"method", "name_note", "doc_section", "errors", "sources"} {
				delete(e, key) // only for readers of the YAML
			}
			if i == 1 {
				e["extra"] = true
			}
			line, err := json.Marshal(e)
			if err != nil {
				return fmt.Errorf("%s: %v: %w", file, e["path"], err)
			}
			if out.Len() > 2 {
				out.WriteString(",\n")
			}
			out.Write(line)
		}
		endpoints = append(endpoints, all...)
	}
	out.WriteString("\n]\n")
	if err := os.WriteFile("catalogue.json", out.Bytes(), 0o644); err != nil { //nolint:gosec // a source file
		return err
	}
	return writeAPIDocs(endpoints)
}
