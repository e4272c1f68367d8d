package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// consoleKeys is the section of the file about the console.
type consoleKeys struct {
	Off     bool   `yaml:"off"`
	Backups string `yaml:"backups"`
	// HideTexts keeps what was said out of the pages.
	HideTexts bool `yaml:"hide_texts"`
}

// installConsole gives a bot that runs its console. say gets its URL.
func (l *live) installConsole(file *File, say func(url string)) error {
	k, admin := file.said.Console, file.said.Admin
	if k.Off || admin.seen() && admin.open() {
		return nil
	}
	made, err := console.New(console.Config{
		Password: admin.Password, Token: admin.Token, Print: say, File: (*liveFile)(l), Backups: k.Backups,
		HideTexts: k.HideTexts,
	})
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	return l.bot.Install(made)
}

// liveFile is the file of a bot that runs, as the console changes it.
type liveFile live

// Path implements console.File.
func (f *liveFile) Path() string { return f.path }

// Read implements console.File.
func (f *liveFile) Read() (text, revision string, err error) {
	raw, err := read(f.path)
	if err != nil {
		return "", "", err
	}
	return f.secrets.hide(string(raw)), revisionOf(raw), nil
}

func revisionOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// errMark means that a mark stands for a secret of another process.
var errMark = errors.New("app: a mark stands for a secret that is not known: load the page anew")

// open puts the secrets of the file back into a text.
func (f *liveFile) open(text string) (string, error) {
	whole := f.secrets.show(text)
	if strings.Contains(whole, secretMark) {
		return "", errMark
	}
	return whole, nil
}

// Check implements console.File.
func (f *liveFile) Check(text string) []string {
	if err := f.valid(text); err != nil {
		return strings.Split(err.Error(), "\n")
	}
	return nil
}

// valid tells what keeps a text from being the file.
func (f *liveFile) valid(text string) error {
	whole, err := f.open(text)
	if err != nil {
		return err
	}
	file, err := f.reader.Parse(f.path, []byte(whole))
	if err == nil && file.Idle() {
		err = errIdle(f.path)
	}
	return err
}

// Test implements console.File.
func (f *liveFile) Test(ctx context.Context, text string) ([]console.TestResult, error) {
	whole, err := f.open(text)
	if err != nil {
		return nil, err
	}
	reader := f.reader
	reader.Sim = true
	file, err := reader.Parse(f.path, []byte(whole))
	if err != nil {
		return nil, err
	}
	results, err := file.Test(ctx, nil)
	all := make([]console.TestResult, len(results))
	for i, r := range results {
		all[i] = console.TestResult(r)
	}
	return all, err
}

// errRevision means that the file was changed since it was read.
var errRevision = errors.New("app: the file was changed meanwhile")

// Save implements console.File.
func (f *liveFile) Save(ctx context.Context, text, revision string) ([]string, error) {
	before, err := read(f.path)
	if err != nil {
		return nil, err
	}
	if revisionOf(before) != revision {
		return nil, errRevision
	}
	whole, err := f.open(text)
	if err != nil {
		return nil, err
	}
	if err := f.valid(whole); err != nil {
		return nil, err
	}
	if err := f.keep(before); err != nil {
		return nil, err
	}
	if err := replaceFile(f.path, []byte(whole)); err != nil {
		return nil, err
	}
	lines, err := (*live)(f).reload(ctx)
	if err != nil {
		return nil, errors.Join(err, replaceFile(f.path, before))
	}
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = line.String()
	}
	return all, nil
}

// replaceFile puts a text in the place of a file, in one step, with the rights that it had.
func replaceFile(path string, text []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	next, err := os.CreateTemp(filepath.Dir(path), ".hongyan-*")
	if err != nil {
		return phrase.Errorf("app: the file cannot be written: %w", err)
	}
	_, err = next.Write(text)
	err = errors.Join(err, next.Chmod(info.Mode().Perm()), next.Sync(), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), path)
	}
	if err != nil {
		return phrase.Errorf("app: the file cannot be written: %w", errors.Join(err, os.Remove(next.Name())))
	}
	return nil
}

// maxVersions is how many texts of the file are kept.
const maxVersions = 10

// versionDir is the directory of the earlier texts, beside the data of the bot or the file.
func (f *liveFile) versionDir() string {
	if data := f.first.Bot.Data; data != "" && !f.first.Bot.Simulator {
		return filepath.Join(data, "config-versions")
	}
	return filepath.Join(filepath.Dir(f.path), ".hongyan-versions")
}

// keep keeps a text that is about to be replaced.
func (f *liveFile) keep(text []byte) error {
	dir := f.versionDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return phrase.Errorf("app: the version before cannot be kept: %w", err)
	}
	name := time.Now().UTC().Format("20060102-150405.000") + ".yaml"
	if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
		return phrase.Errorf("app: the version before cannot be kept: %w", err)
	}
	all, err := f.Versions()
	if err != nil {
		return err
	}
	for _, old := range all[min(len(all), maxVersions):] {
		if err := os.Remove(filepath.Join(dir, old.ID+".yaml")); err != nil {
			return phrase.Errorf("app: an old version cannot be removed: %w", err)
		}
	}
	return nil
}

// Versions implements console.File.
func (f *liveFile) Versions() ([]console.Version, error) {
	entries, err := os.ReadDir(f.versionDir())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	var all []console.Version
	for _, e := range slices.Backward(entries) {
		if id, ok := strings.CutSuffix(e.Name(), ".yaml"); ok && e.Type().IsRegular() {
			all = append(all, console.Version{ID: id})
		}
	}
	return all, nil
}

// Version implements console.File.
func (f *liveFile) Version(id string) (string, error) {
	all, err := f.Versions()
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(all, func(v console.Version) bool { return v.ID == id }) {
		return "", phrase.Errorf("app: version %s does not exist", strconv.Quote(id))
	}
	raw, err := os.ReadFile(filepath.Join(f.versionDir(), id+".yaml")) //nolint:gosec // it is one of the versions
	if err != nil {
		return "", fmt.Errorf("app: %w", err)
	}
	return f.secrets.hide(string(raw)), nil
}

// Sections implements console.File.
func (f *liveFile) Sections() []console.Section {
	f.mu.Lock()
	now := f.now
	f.mu.Unlock()
	raw, err := read(f.path)
	if err != nil {
		return nil
	}
	known := f.reader.Plugins
	if known == nil {
		known = Builtin()
	}
	var all []console.Section
	for _, e := range now.Plugins {
		d, ok := known.Lookup(e.Name)
		if !ok {
			continue
		}
		s := console.Section{Plugin: e.plugin, Kind: e.Name, Path: e.Path, Summary: d.Summary}
		written := conf.Scalars(raw, e.Path)
		for _, field := range Fields(d) {
			if strings.Contains(field.Key, "[]") || strings.Contains(field.Key, ".NAME") {
				continue // a list of sections is edited in the file
			}
			value, set := written[field.Key]
			x := console.SectionField{
				Key: field.Key, Type: field.Type, Default: field.Default, Help: field.Help, Enum: field.Enum, Required: field.Required,
				Secret: secretKey(field.Key), Set: set, Value: value,
			}
			if x.Secret && !strings.HasPrefix(value, "${") {
				x.Value = ""
			}
			s.Fields = append(s.Fields, x)
		}
		all = append(all, s)
	}
	return all
}

// Set implements console.File.
func (f *liveFile) Set(text, path string, values map[string]string) (string, error) {
	changed, err := conf.SetScalars([]byte(text), path, values)
	if err != nil {
		return "", fmt.Errorf("app: %w", err)
	}
	return string(changed), nil
}
