package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// bundleCmd writes what helps to find a fault, for somebody else.
type bundleCmd struct {
	accountFlags
	To string `placeholder:"FILE" type:"path" help:"The zip file to write; default: hongyan-bundle-TIME.zip here."`
}

// Help says what is in it.
func (bundleCmd) Help() string {
	return "The file has the version, the findings of the doctor, the keys of the configuration, and counts from the store. It has no " +
		"tokens, ids, names, addresses, and nothing that anybody has written. Look into it before you pass it on."
}

const bundleReadme = `This is a support bundle of hongyan. It was made to be passed on: it has no secrets, ids, names,
addresses or texts. What is left out is written as (hidden).

version.json   the program and the machine
doctor.json    what hongyan doctor finds
config.yaml    the keys of the configuration file; of the values only switches, sizes and times
variables.txt  which HONGYAN_ variables are set, without their values
store.json     counts: what waits, what was sent, what was given up and of which kind

Lines of the log are not in it. They help most: add those around the fault, after you have read them.
`

// Run writes the file. It works without an account or a service: that may be the fault.
func (cmd *bundleCmd) Run(c console) (err error) {
	if cmd.To == "" {
		cmd.To = "hongyan-bundle-" + c.time().Format("20060102-150405") + ".zip"
	}
	d := &examination{cmd: &doctorCmd{accountFlags: cmd.accountFlags}, c: c}
	d.examine()
	defer func() { err = errors.Join(err, d.close()) }()
	v := d.verdict()
	keys, hide, err := cmd.configuration(c)
	if err != nil {
		return err
	}
	if d.a != nil {
		hide.add(d.a.appID, d.a.device.Wxid, d.a.device.Nickname, d.a.settings.Token, d.a.settings.Callback.Secret, d.a.settings.BaseURL)
	}
	for i, f := range v.Checks {
		v.Checks[i].Note = phrase.Word(hide.text(f.Note.String()))
		if f.Problem != nil {
			p := *f.Problem
			p.Cause, p.Do = phrase.Word(hide.text(p.Cause.String())), phrase.Word(hide.text(p.Do.String()))
			v.Checks[i].Problem = &p
		}
	}
	counts := map[string]any{"error": "the store is not open"}
	if d.a != nil {
		if counts, err = storeCounts(c, d.a); err != nil {
			counts = map[string]any{"error": hide.text(err.Error())}
		}
	}
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, part := range []struct {
		name string
		data any
	}{
		{"README.txt", bundleReadme}, {"version.json", about()}, {"doctor.json", v}, {"config.yaml", keys},
		{"variables.txt", variables(c)}, {"store.json", counts},
	} {
		if err := addPart(z, c.time(), part.name, part.data); err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if err := writeNew(cmd.To, file.Bytes()); err != nil {
		return err
	}
	return cmd.done(c, map[string]any{"file": cmd.To, "verdict": v.Verdict},
		"wrote %s: look into it before you pass it on.", cmd.To)
}

// writeNew writes a file that must not exist yet, and that others cannot read.
func writeNew(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // to write the named file is the purpose
	if errors.Is(err, os.ErrExist) {
		return phrase.Errorf("bundle: %s is there already: name another file with --to", path)
	}
	if err != nil {
		return phrase.Errorf("bundle: %w; name another file with --to", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(data); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}

// addPart adds a text, or a value as JSON.
func addPart(z *zip.Writer, at time.Time, name string, data any) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	if err != nil {
		return err
	}
	if text, ok := data.(string); ok {
		_, err = io.WriteString(w, text)
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(data)
}

// about is the program and the machine.
func about() map[string]any {
	version, commit := built()
	return map[string]any{
		"version": version, "commit": commit, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH, "cpus": runtime.NumCPU(),
	}
}

// storeCounts counts what is in the store.
func storeCounts(c console, a *account) (map[string]any, error) {
	stats, err := a.store.Inbox().Stats(c.ctx)
	if err != nil {
		return nil, err
	}
	sends, err := a.store.Ledger().Count(c.ctx)
	if err != nil {
		return nil, err
	}
	dead := map[string]int{} // by kind
	read := 0
	err = eachDead(c, a.store.Inbox(), 0, func(x store.DeadItem) bool {
		dead[kindOfDead(x.Body)]++
		read++
		return read >= maxCounted
	})
	if err != nil {
		return nil, err
	}
	oldest := ""
	if !stats.Oldest.IsZero() {
		oldest = c.time().Sub(stats.Oldest).Round(time.Second).String()
	}
	sizes := map[string]int64{}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if f, err := os.Stat(filepath.Join(a.settings.Data, sqlite.FileName+suffix)); err == nil {
			sizes[sqlite.FileName+suffix] = f.Size()
		}
	}
	return map[string]any{
		"pending": stats.Pending, "leased": stats.Leased, "dead": stats.Dead, "keys": stats.Keys, "oldest_waits": oldest,
		"sends": sends, "dead_by_kind": dead, "file_bytes": sizes, "accounts": len(a.settings.Accounts),
	}, nil
}

// kindOfDead is the kind of a dead letter, in words of the program.
func kindOfDead(body []byte) string {
	if _, is, _ := task.Parse(body); is {
		return "task"
	}
	if e, err := callback.Decode(body); err == nil {
		return string(e.Kind())
	}
	return "unreadable"
}

// variables lists the variables that are set.
func variables(c console) string {
	var b strings.Builder
	for _, name := range []string{
		"HONGYAN_TOKEN", "HONGYAN_PROVIDER", "HONGYAN_BASE_URL", "HONGYAN_APP_ID", "HONGYAN_LISTEN", "HONGYAN_CALLBACK_SECRET",
		"HONGYAN_PUBLIC_URL", "HONGYAN_ALLOW", "HONGYAN_PACE", "HONGYAN_DATA", "HONGYAN_TIMEOUT", "HONGYAN_GRACE", "HONGYAN_PARALLEL",
		"HONGYAN_LOG", "HONGYAN_LOG_TEXT", "HONGYAN_ADMIN", "HONGYAN_ADMIN_PUBLIC", "HONGYAN_ALARM_WEBHOOK", "HONGYAN_ALARM_OWNER",
		"HONGYAN_ALARM_SILENCE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
	} {
		if value, set := c.lookup()(name); set && value != "" {
			b.WriteString(name + "\n")
		}
	}
	return b.String()
}
