package history

import (
	"context"
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/store"
)

// Forget takes a person out of the history, for good: what they have written anywhere, and the
// private chats with them. What others have written about them stays. It returns how many messages
// this file had; the files of other processes follow.
func (f *File) Forget(ctx context.Context, wxid string) (int, error) {
	if wxid == "" || len(wxid) > store.MaxKey {
		return 0, errors.New("history: forget: it is no wxid")
	}
	if err := f.CatchUp(ctx); err != nil {
		return 0, err
	}
	var before int
	if err := f.write.QueryRowContext(ctx, `SELECT count(*) FROM messages`).Scan(&before); err != nil {
		return 0, fmt.Errorf("history: forget: %w", closed(err))
	}
	x := entry{Op: opForget, Key: wxid, Sender: wxid}
	line, err := x.line(f.now())
	if err == nil {
		line.ID = "" // they may be forgotten again
		_, _, err = f.back.Log().Append(ctx, logName, line, f.logKeep())
	}
	if err == nil {
		err = f.back.Log().Forget(ctx, logName, short(wxid))
	}
	if err == nil {
		err = f.back.Flush(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("history: forget: the log: %w", err)
	}
	if err := f.CatchUp(ctx); err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	// The index keeps the words of what was deleted until it is rewritten, and the log of SQLite
	// its pages.
	for _, text := range []string{`INSERT INTO words (words) VALUES ('optimize')`, `PRAGMA wal_checkpoint(TRUNCATE)`} {
		if _, err := f.write.ExecContext(ctx, text); err != nil {
			return 0, fmt.Errorf("history: forget: %w", closed(err))
		}
	}
	var after int
	if err := f.write.QueryRowContext(ctx, `SELECT count(*) FROM messages`).Scan(&after); err != nil {
		return 0, fmt.Errorf("history: forget: %w", closed(err))
	}
	return max(before-after, 0), nil
}

// forget deletes the messages of a person that are before a line of the log.
func (w *writer) forget(seq int64, wxid string) {
	w.remove(`SELECT seq FROM messages INDEXED BY messages_sender WHERE sender = ? AND sender <> '' AND seq < ?`, wxid, seq)
	w.remove(`SELECT seq FROM chats CROSS JOIN messages INDEXED BY messages_chat ON messages.chat = chats.id
		WHERE chats.chat = ? AND seq < ?`, wxid, seq)
	w.exec(`UPDATE chats SET name = '' WHERE chat = ?`, wxid)
}
