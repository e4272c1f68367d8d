// Command build writes the static site of the documents. It is run in the root of the repository:
//
//	go run ./internal/site/build bin/site
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/hongyan-go/hongyan/internal/site"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "build: give the directory to write into, such as bin/site")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir string) error {
	files, err := site.Build(os.DirFS("."))
	if err != nil {
		return err
	}
	for name, content := range files {
		place := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil { //nolint:gosec // pages are for everyone
			return fmt.Errorf("build: %w", err)
		}
		if err := os.WriteFile(place, content, 0o644); err != nil { //nolint:gosec // pages are for everyone
			return fmt.Errorf("build: %w", err)
		}
	}
	fmt.Printf("%d files in %s: open %s\n", len(files), dir, filepath.Join(dir, "index.html"))
	return nil
}
