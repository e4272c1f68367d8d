package record

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
)

// The defaults of Config.
const (
	DefaultMaxFile  = 8 << 20
	DefaultMaxTotal = 256 << 20
	DefaultMaxFiles = 100
	DefaultMaxAge   = 7 * 24 * time.Hour
)

// KeyFile is the file beside a recording with the key of its pseudonyms, in hexadecimal digits. It
// is as secret as the names in the recording: do not pass it on.
const KeyFile = "pseudonyms.key"

// Config configures a Recorder. Dir is required; the zero values of the others work.
type Config struct {
	// Dir is the directory of the recording. It is made with mode 0700, and must not be open to
	// others.
	Dir string
	// MaxFile bounds a file in bytes; a body that is larger gets a file of its own. 0 means
	// DefaultMaxFile.
	MaxFile int64
	// MaxTotal bounds all files together in bytes, MaxFiles their number: the oldest are deleted
	// first. 0 means DefaultMaxTotal and DefaultMaxFiles.
	MaxTotal int64
	MaxFiles int
	// MaxAge is how long a body is kept at most. 0 means DefaultMaxAge. Expired files are deleted
	// when the recorder is opened, and each time that it begins a file.
	MaxAge time.Duration
	// KeepText keeps what people wrote; see Redactor.
	KeepText bool
	// ForgetKey keeps the key in memory only, and deletes one that is in Dir: what a pseudonym
	// stands for cannot be found out then, and the next recording has others.
	ForgetKey bool
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
}

// Recorder keeps redacted bodies in files. It is safe for concurrent use.
type Recorder struct {
	config   Config
	redactor *Redactor

	mu     sync.Mutex
	file   *os.File // nil before the first body
	size   int64
	began  time.Time // of the file
	closed bool
}

// ErrClosed is what Record returns after Close.
var ErrClosed = errors.New("record: the recorder is closed")

// New begins or continues a recording. Only one process may record into a directory.
func New(c Config) (*Recorder, error) {
	if c.Dir == "" {
		return nil, errors.New("record: Config.Dir is empty: name a directory for the recording")
	}
	if c.MaxFile == 0 {
		c.MaxFile = DefaultMaxFile
	}
	if c.MaxTotal == 0 {
		c.MaxTotal = DefaultMaxTotal
	}
	if c.MaxFiles == 0 {
		c.MaxFiles = DefaultMaxFiles
	}
	if c.MaxAge == 0 {
		c.MaxAge = DefaultMaxAge
	}
	c.Clock = clock.Or(c.Clock)
	if err := private(c.Dir); err != nil {
		return nil, err
	}
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	r := &Recorder{config: c, redactor: NewRedactor(key)}
	r.redactor.KeepText = c.KeepText
	return r, r.prune(0)
}

// private makes a directory that only its owner can enter, or checks that an existing one is
// private.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("record: %s can be entered by others: a recording tells what people do; chmod 700 it, or name another "+
			"directory", dir)
	}
	return nil
}

// key returns the key of the recording, and makes one for a new recording.
func (c *Config) key() ([]byte, error) {
	path := filepath.Join(c.Dir, KeyFile)
	if c.ForgetKey {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("record: %w", err)
		}
		return NewKey(), nil
	}
	key, err := ReadKey(path)
	if !errors.Is(err, os.ErrNotExist) {
		return key, err
	}
	key = NewKey()
	if err := os.WriteFile(path, []byte(hex.EncodeToString(key)+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return key, nil
}

// ReadKey reads the key of a recording from its file.
func ReadKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path) //nolint:gosec // to read the named file is the purpose
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	key, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("record: %s is no key of a recording: it has %d hexadecimal digits", path, 2*KeySize)
	}
	return key, nil
}

// Record redacts a body and writes it. When it returns nil, the operating system has it.
func (r *Recorder) Record(body []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	now := r.config.Clock.Now()
	text, err := NewLine(now.UTC(), r.redactor.Body(body)).Encode()
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if r.file == nil || r.size > 0 && r.size+int64(len(text)) > r.config.MaxFile || now.Sub(r.began) > r.config.MaxAge/7 {
		if err := r.next(now, int64(len(text))); err != nil {
			return err
		}
	}
	n, err := r.file.Write(text)
	r.size += int64(n)
	if err != nil { // the line may be incomplete: the next one must not follow it
		return errors.Join(fmt.Errorf("record: the body was not recorded: %w", err), r.closeFile())
	}
	return nil
}

// The names of the files of a recording contain the time of their first body, so that they sort by
// time.
const (
	filePrefix = "callbacks-"
	fileTime   = "20060102T150405.000000000Z"
	fileSuffix = ".jsonl"
)

// next begins a file, and deletes old files to make room for it.
func (r *Recorder) next(now time.Time, need int64) error {
	if err := r.closeFile(); err != nil {
		return err
	}
	if err := r.prune(max(need, 1)); err != nil {
		return err
	}
	for at := now.UTC(); ; at = at.Add(1) {
		file, err := os.OpenFile(filepath.Join(r.config.Dir, filePrefix+at.Format(fileTime)+fileSuffix),
			os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("record: %w", err)
		}
		r.file, r.size, r.began = file, 0, now
		return nil
	}
}

// prune deletes the files that have expired, and the oldest while there is no room for another
// file. need is 0 if no file is to begin.
func (r *Recorder) prune(need int64) error {
	names, err := filepath.Glob(filepath.Join(r.config.Dir, filePrefix+"*"+fileSuffix))
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	slices.Sort(names)
	room, total := int64(0), int64(0)
	count := len(names)
	if need > 0 {
		room = max(need, r.config.MaxFile)
		count++
	}
	sizes := make([]int64, len(names))
	for i, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("record: %w", err)
		}
		sizes[i] = info.Size()
		total += sizes[i]
	}
	oldest := r.config.Clock.Now().Add(-r.config.MaxAge)
	for i, name := range names {
		began, err := time.Parse(fileTime, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), filePrefix), fileSuffix))
		if err == nil && !began.Before(oldest) && total+room <= r.config.MaxTotal && count <= r.config.MaxFiles {
			break
		}
		if err := os.Remove(name); err != nil {
			return fmt.Errorf("record: %w", err)
		}
		total -= sizes[i]
		count--
	}
	return nil
}

func (r *Recorder) closeFile() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// Close ends the recording. A second Close does nothing.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.closeFile()
}
