package console

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/doctor"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/web"
)

const (
	// checksFresh is how long the result of the doctor is shown again, checksTime how long the
	// checks may take.
	checksFresh = time.Minute
	checksTime  = time.Minute
)

// checkup is the last run of the doctor's checks.
type checkup struct {
	mu       sync.Mutex
	running  bool
	at       time.Time
	findings []doctor.Finding
}

// doctorView is the page of the doctor.
type doctorView struct {
	Findings []doctor.Finding `json:"findings"`
	Began    time.Time        `json:"began"`
	Running  bool             `json:"running"`
}

// examine returns the last findings, and begins a run if they are old. Of a run that goes on it has
// what was found.
func (c *Console) examine(anew bool) doctorView {
	u := &c.checks
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.running && (anew || time.Since(u.at) > checksFresh) {
		u.running, u.at, u.findings = true, time.Now(), nil
		c.owned.Go(func() {
			ctx, cancel := context.WithTimeout(c.running, checksTime)
			defer cancel()
			doctor.Run(ctx, c.subject(ctx), func(f doctor.Finding) {
				u.mu.Lock()
				u.findings = append(u.findings, f)
				u.mu.Unlock()
			})
			u.mu.Lock()
			defer u.mu.Unlock()
			u.running = false
		})
	}
	return doctorView{Findings: slices.Clone(u.findings), Began: u.at, Running: u.running}
}

// subject is what the doctor looks at.
func (c *Console) subject(ctx context.Context) doctor.Subject {
	s := doctor.Subject{
		Client: c.bot.Client(), Store: c.back, Callback: c.h.CallbackURL(), Data: c.h.Data(), Now: c.h.Now,
		FirstNight: phrase.New("a new device is thrown out once in the night after its first login: log in again, with the same device"),
	}
	if all := c.accounts(ctx); len(all) > 0 {
		s.AppID = all[0].AppID
		s.Device, _ = login.Remembered(ctx, c.back.State(), s.AppID) // without it there is no first night
	}
	return s
}

func (c *Console) doctorPage(r *http.Request) (web.Page, error) {
	v := c.examine(r.URL.Query().Get("again") != "") //nolint:contextcheck // the checks outlive the request
	if wantsJSON(r) {
		for v.Running && r.Context().Err() == nil { // a program wants the result
			timer := time.NewTimer(100 * time.Millisecond)
			select {
			case <-timer.C:
			case <-r.Context().Done():
			}
			timer.Stop()
			v = c.examine(false) //nolint:contextcheck // the same
		}
	}
	return web.Page{Name: "doctor", Title: c.text(r, "nav.doctor"), Nav: "doctor", Data: v}, nil
}

// aboutView is what runs here.
type aboutView struct {
	Version string    `json:"version"`
	Go      string    `json:"go"`
	System  string    `json:"system"`
	Started time.Time `json:"started"`
	Store   string    `json:"store"`
	Durable bool      `json:"durable"`
	Path    string    `json:"store_path,omitempty"`
	File    string    `json:"file,omitempty"`
	Backups []string  `json:"backups,omitempty"`
	Backup  bool      `json:"can_backup"`
	Deeds   []deed    `json:"audit"`
}

// backups is a store that can be copied while it is used.
type backups interface {
	Backup(ctx context.Context, path string) error
}

func (c *Console) aboutPage(r *http.Request) (web.Page, error) {
	v := aboutView{
		Version: c.config.Version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Started: c.started,
		Store: strings.TrimPrefix(fmt.Sprintf("%T", c.back), "*"), Durable: c.back.Durable(),
	}
	if v.Version == "" {
		if info, ok := debug.ReadBuildInfo(); ok {
			v.Version = info.Main.Path + " " + info.Main.Version
		}
	}
	if at, ok := c.back.(interface{ Path() string }); ok {
		v.Path = at.Path()
	}
	if c.config.File != nil {
		v.File = c.config.File.Path()
	}
	_, can := c.back.(backups)
	v.Backup = can && c.backupDir() != ""
	if v.Backup {
		found, err := filepath.Glob(filepath.Join(c.backupDir(), backupPrefix+"*.db"))
		if err != nil {
			return web.Page{}, fmt.Errorf("console: %w", err)
		}
		slices.Reverse(found) // the latest first
		for _, path := range found {
			v.Backups = append(v.Backups, filepath.Base(path))
		}
	}
	const most = 50
	var err error
	v.Deeds, err = c.deeds(r.Context(), most)
	return web.Page{Name: "about", Title: c.text(r, "nav.about"), Nav: "about", Data: v}, err
}

// backupPrefix begins the names of backups; the time follows.
const backupPrefix = "backup-"

// backupDir is the directory of the backups; empty if there is none.
func (c *Console) backupDir() string {
	if c.config.Backups != "" {
		return c.config.Backups
	}
	if data := c.h.Data(); data != "" {
		return filepath.Join(data, "backups")
	}
	return ""
}

// backup copies the store to a new file.
func (c *Console) backup(r *http.Request) (done, error) {
	d := done{key: "flash.backup", place: root + "about"}
	back, ok := c.back.(backups)
	dir := c.backupDir()
	if !ok || dir == "" {
		return d, errAction
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return d, fmt.Errorf("console: %w", err)
	}
	path := filepath.Join(dir, backupPrefix+time.Now().UTC().Format("20060102-150405")+".db")
	d.on, d.args = filepath.Base(path), []any{path}
	return d, back.Backup(r.Context(), path)
}

// nowClock is the clock of the bot, for what only asks for the time.
func (c *Console) nowClock() clock.Clock { return clock.Func(c.h.Now) }
