package app

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/outbox"
)

// files is the section about downloads and the files that are sent. docs/en/media.md describes it.
type files struct {
	Dir            string        `yaml:"dir"`
	MaxSize        int64         `yaml:"max_size,bytes"`
	Gap            *outbox.Range `yaml:"gap"`
	FileBase       string        `yaml:"file_base"`
	AllowHosts     []string      `yaml:"allow_hosts"`
	KeepMismatched bool          `yaml:"keep_mismatched"`
	LinkTTL        time.Duration `yaml:"link_ttl"`
	Shared         bool          `yaml:"shared"`
}

// config is the configuration of the bot.
func (f *files) config(mistake func(path string, err error)) bot.Files {
	if f.LinkTTL < 0 {
		mistake("files.link_ttl", errors.New("it is negative: no file could be fetched"))
	}
	if f.FileBase != "" {
		u, err := url.Parse(f.FileBase)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
			mistake("files.file_base", errors.New("it is not a plain http or https URL: write http://10.0.0.5:2532/download/"))
		}
	}
	for i, host := range f.AllowHosts {
		if host == "" || strings.ContainsAny(host, "/ @") {
			mistake(fmt.Sprintf("files.allow_hosts[%d]", i), phrase.Errorf("%q is not a host: write files.example.com or 10.0.0.5:9000",
				host))
		}
	}
	c := bot.Files{
		Dir: f.Dir, MaxSize: f.MaxSize, FileBase: f.FileBase, AllowHosts: f.AllowHosts, KeepMismatched: f.KeepMismatched,
		LinkTTL: f.LinkTTL, Shared: f.Shared,
	}
	switch {
	case f.Gap == nil:
	case *f.Gap == (outbox.Range{}):
		c.Gap = media.NoGap()
	default:
		c.Gap = media.Gap(*f.Gap)
	}
	return c
}
