package botfile

import (
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/bot"
)

// record is the section about the recording of callbacks. docs/record-replay.md describes it.
type record struct {
	Dir       string   `yaml:"dir"`
	MaxFile   size     `yaml:"max_file"`
	MaxTotal  size     `yaml:"max_total"`
	MaxFiles  int      `yaml:"max_files"`
	MaxAge    duration `yaml:"max_age"`
	KeepText  bool     `yaml:"keep_text"`
	ForgetKey bool     `yaml:"forget_key"`
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
		Dir: r.Dir, MaxFile: int64(r.MaxFile), MaxTotal: int64(r.MaxTotal), MaxFiles: r.MaxFiles, MaxAge: time.Duration(r.MaxAge),
		KeepText: r.KeepText, ForgetKey: r.ForgetKey,
	}
}
