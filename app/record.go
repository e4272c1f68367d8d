package app

import (
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/bot"
)

// record is the section about the recording of callbacks. docs/en/record-replay.md describes it.
type record struct {
	Dir       string        `yaml:"dir"`
	MaxFile   int64         `yaml:"max_file,bytes"`
	MaxTotal  int64         `yaml:"max_total,bytes"`
	MaxFiles  int           `yaml:"max_files"`
	MaxAge    time.Duration `yaml:"max_age"`
	KeepText  bool          `yaml:"keep_text"`
	ForgetKey bool          `yaml:"forget_key"`
}

// config is the recording of the bot; nil without the section.
func (r *record) config(mistake func(path string, err error)) *bot.Recording {
	if r == nil {
		return nil
	}
	if r.Dir == "" {
		mistake("record.dir", errors.New("it is missing: name a directory for the recording"))
	}
	if r.MaxFiles < 0 {
		mistake("record.max_files", errors.New("it is negative: leave it out for the default"))
	}
	if r.MaxAge < 0 {
		mistake("record.max_age", errors.New("it is negative: leave it out for the default"))
	}
	return &bot.Recording{
		Dir: r.Dir, MaxFile: r.MaxFile, MaxTotal: r.MaxTotal, MaxFiles: r.MaxFiles, MaxAge: r.MaxAge,
		KeepText: r.KeepText, ForgetKey: r.ForgetKey,
	}
}
