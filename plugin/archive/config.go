// Package archive is a plugin that keeps the files, pictures, voices and videos of chats, on a disk
// or in a storage that speaks the protocol of S3.
package archive

import (
	"errors"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	Dir     string        `yaml:"dir" default:"archive" help:"The directory of the archive; relative to the data directory."`
	Path    string        `yaml:"path" default:"{{.Date}}/{{.GroupName}}/{{.SenderName}}/{{.FileName}}" help:"Where a file is in dir."`
	Types   []string      `yaml:"types" help:"What is kept: file, image, voice, video, and text in the index; all but text if it is absent."`
	MaxSize int64         `yaml:"max_size,bytes" default:"100MB" help:"Larger files are not kept, only listed in the index."`
	Retry   time.Duration `yaml:"retry" default:"72h" help:"For how long a download is tried again."`
	Keep    time.Duration `yaml:"keep,off" default:"180d" help:"After how long a file is deleted."`
	Quota   int64         `yaml:"quota,bytes" default:"50GB" help:"The most bytes of the archive; nothing is kept above."`
	// Announce tells groups.
	Announce Announce `yaml:"announce" help:"What groups are told when the plugin is switched on and off there. {{Days}} stands for keep."`
	S3       *S3      `yaml:"s3" help:"The bucket where the files go; dir has the index only."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("archive", "Keeps files, pictures, voices and videos on a disk or in S3, with an index.", New).
		WithExample("archive: {in: [项目群], dir: archive}\n")
}

// New makes the plugin. The error has a *plugin.FieldError for each mistake.
func New(c Config) (bot.Plugin, error) {
	if c.Types == nil {
		c.Types = []string{"file", "image", "voice", "video"}
	}
	plugin.Defaults(&c)
	p := &part{c: c}
	kinds, err := plugin.Kinds("types", c.Types, "file", "image", "voice", "video", "text")
	errs := []error{plugin.Require(map[string][]string{"in": c.In}), err}
	for _, kind := range kinds {
		if kind == xmlmsg.KindText || kind == xmlmsg.KindQuote {
			p.texts = append(p.texts, kind)
		} else {
			p.kinds = append(p.kinds, kind)
		}
	}
	p.announcing, err = c.Announce.parse()
	errs = append(errs, err)
	for i, element := range strings.Split(c.Path, "/") {
		t, err := router.ParseTemplate(element)
		if err == nil {
			err = t.Check()
		}
		if err != nil {
			errs = append(errs, &plugin.FieldError{Field: "path", Err: phrase.Errorf("element %d: %w", i+1, err)})
		}
		p.path = append(p.path, t)
	}
	for field, value := range map[string]int64{"max_size": c.MaxSize, "quota": c.Quota, "retry": int64(c.Retry)} {
		if value <= 0 {
			errs = append(errs, &plugin.FieldError{Field: field, Err: errors.New("it is not above 0, so nothing would be kept")})
		}
	}
	if c.S3 != nil {
		errs = append(errs, c.S3.check(c.MaxSize)...)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("archive", p), nil
}

// Entry is a line of the index: a message, and what the archive has of it.
type Entry struct {
	Key     string      `json:"key"` // of the message
	Time    time.Time   `json:"time"`
	Account string      `json:"account"`
	Chat    string      `json:"chat"`
	Group   string      `json:"group,omitempty"`
	Sender  string      `json:"sender"`
	Name    string      `json:"sender_name"`
	Kind    xmlmsg.Kind `json:"kind"`
	File    string      `json:"file,omitempty"`   // its name, as the sender wrote it
	Bucket  string      `json:"bucket,omitempty"` // empty if the file is on the disk
	Path    string      `json:"path,omitempty"`   // below dir, or in the bucket; empty if it could not be kept
	Size    int64       `json:"size"`
	SHA256  string      `json:"sha256,omitempty"`
	MD5     string      `json:"md5,omitempty"`
	Text    string      `json:"text,omitempty"`  // of a message without a file
	Error   string      `json:"error,omitempty"` // why it was not kept
}
