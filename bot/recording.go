package bot

import (
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/record"
)

// Recording says where and for how long a bot keeps the callbacks that it accepts. Ids, names,
// texts, keys and links are replaced by pseudonyms before anything is written;
// docs/en/record-replay.md says what is not. Dir is required; the zero values of the others work.
type Recording struct {
	// Dir is the directory of the recording. It is made with mode 0700, and must not be open to
	// others. Only one process may record into it. Empty means that nothing is recorded.
	Dir string
	// MaxFile bounds a file in bytes; a body that is larger gets a file of its own. 0 means 8 MB.
	MaxFile int64
	// MaxTotal bounds all files together in bytes, MaxFiles their number: the oldest are deleted
	// first. 0 means 256 MB and 100 files.
	MaxTotal int64
	MaxFiles int
	// MaxAge is how long a body is kept at most. 0 means seven days.
	MaxAge time.Duration
	// KeepText keeps what people wrote, and the names in it.
	KeepText bool
	// ForgetKey keeps the key of the pseudonyms in memory only, and deletes one that is in Dir:
	// what a pseudonym stands for cannot be found out then, and the next recording has others.
	ForgetKey bool
}

func (b *Bot) openRecording() (err error) {
	r := b.config.Recording
	if r.Dir == "" {
		return nil
	}
	b.recorder, err = record.New(record.Config{
		Clock: b.config.Clock,
		Dir:   r.Dir, MaxFile: r.MaxFile, MaxTotal: r.MaxTotal, MaxFiles: r.MaxFiles, MaxAge: r.MaxAge, KeepText: r.KeepText,
		ForgetKey: r.ForgetKey,
	})
	if err != nil {
		return fmt.Errorf("bot: %w", err)
	}
	return nil
}

// record keeps a body that was accepted.
func (b *Bot) record(body []byte) (err error) {
	if b.recorder != nil {
		err = b.recorder.Record(body)
	}
	if b.config.Record != nil {
		err = errors.Join(err, b.config.Record(body))
	}
	return err
}

func (b *Bot) closeRecording() error {
	if b.recorder == nil {
		return nil
	}
	return b.recorder.Close()
}
