package history

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

const (
	page       = 500 // lines of a transaction
	followEach = 100 // messages after which an observer follows the log
	followRest = time.Minute
	tidyRest   = time.Hour
	tidyRows   = 1000
	// openFor is how long the outcome of a message is asked for: the ledger knows it for a week.
	openFor = 8 * 24 * time.Hour
)

// sourceKey is the key of the name of a store, which tells it from another one at the same place.
const sourceKey = "history/source"

// follow has the file follow the log when that is due. Whoever asks something has it follow first,
// so it is only kept from falling far behind.
func (f *File) follow(ctx context.Context) error {
	if f.lines.Add(1) < followEach && f.now().Sub(time.Unix(0, f.looked.Load())).Abs() < followRest || !f.mu.TryLock() {
		return nil
	}
	defer f.mu.Unlock()
	if err := f.catchUp(ctx); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

// CatchUp brings the file up to date: it adds what the log has since, looks for the outcomes of the
// bot's own messages, and deletes what is older than it may be. All questions begin with it.
func (f *File) CatchUp(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.catchUp(ctx)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

func (f *File) catchUp(ctx context.Context) error {
	f.lines.Store(0)
	f.looked.Store(f.now().UnixNano())
	if err := f.readLog(ctx); err != nil {
		return err
	}
	found, err := f.outcomes(ctx)
	if err == nil && found {
		err = f.readLog(ctx)
	}
	if err != nil || f.now().Sub(f.tidied).Abs() < tidyRest {
		return err
	}
	f.tidied = f.now()
	return f.tidy(ctx)
}

// readLog adds what the log has after the cursor of the file.
func (f *File) readLog(ctx context.Context) error {
	source, err := f.source(ctx)
	if err != nil {
		return err
	}
	for {
		n, err := f.readPage(ctx, source)
		if err != nil || n < page {
			return err
		}
	}
}

// source is the name of the store.
func (f *File) source(ctx context.Context) (string, error) {
	for {
		entry, err := f.back.State().Get(ctx, sourceKey)
		if err == nil {
			return string(entry.Value), nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
		name := rand.Text()
		if _, err = f.back.State().Swap(ctx, sourceKey, []byte(name), 0, 0); !errors.Is(err, store.ErrConflict) {
			return name, err
		}
	}
}

// readPage adds a page of the log in a transaction, with the cursor.
func (f *File) readPage(ctx context.Context, source string) (n int, err error) {
	tx, err := f.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, closed(err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	var known string
	var cursor uint64
	var base int64
	if err := tx.QueryRowContext(ctx, `SELECT source, cursor, base FROM meta`).Scan(&known, &cursor, &base); err != nil {
		return 0, err
	}
	if known != source { // the messages of another store are still here; the keys tell those that are in both
		cursor = 0
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM messages`).Scan(&base); err != nil {
			return 0, err
		}
	}
	lines, err := f.back.Log().Read(ctx, logName, store.LineQuery{After: cursor, Limit: page})
	if err != nil {
		return 0, err
	}
	if len(lines) == 0 && known == source {
		return 0, nil
	}
	w := &writer{ctx: ctx, tx: tx, floor: f.floor()}
	for _, l := range lines {
		var x entry
		if json.Unmarshal(l.Data, &x) == nil { // of another version of the program
			w.add(base+int64(l.Seq), x) //nolint:gosec // counts up from 1
		}
		cursor = l.Seq
	}
	w.keepSpans()
	w.exec(`UPDATE meta SET source = ?, cursor = ?, base = ?`, source, cursor, base)
	if w.err != nil {
		return 0, w.err
	}
	return len(lines), tx.Commit()
}

// floor is the time before which nothing is kept, in milliseconds.
func (f *File) floor() int64 { return f.now().Add(-f.keep).UnixMilli() }

// outcomes looks in the ledger for what has become of the messages of the bot, and adds it to the
// log, for the other files.
func (f *File) outcomes(ctx context.Context) (found bool, err error) {
	rows, err := f.write.QueryContext(ctx, openSends, f.now().Add(-openFor).UnixMilli())
	if err != nil {
		return false, closed(err)
	}
	defer rows.Close()
	open := map[string]string{}
	for rows.Next() {
		var key, state string
		if err := rows.Scan(&key, &state); err != nil {
			return false, err
		}
		open[key] = state
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return false, err
	}
	for key, was := range open {
		s, err := f.back.Ledger().Get(ctx, key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			s = store.Send{Key: key, State: store.Unknown}
		case err != nil:
			return found, err
		}
		if !s.State.Final() || string(s.State) == was {
			continue
		}
		x := entry{Op: opOutcome, Key: sendKey(key), State: s.State, Attempt: s.Attempts}
		var sent api.SentMessage
		if s.State == store.Sent && json.Unmarshal(s.Result, &sent) == nil && sent.NewMsgID != 0 {
			x.Sent = messageKey(s.Account, uint64(sent.NewMsgID))
		}
		line, err := x.line(f.now())
		if err == nil {
			_, _, err = f.back.Log().Append(ctx, logName, line, f.logKeep())
		}
		if err != nil {
			return found, err
		}
		found = true
	}
	return found, nil
}

// openSends are the messages of the bot whose outcome is not known.
const openSends = `SELECT send, state FROM messages INDEXED BY messages_open WHERE state IN ('sending', 'unknown') AND time > ?`

// tidy deletes what is older than it may be.
func (f *File) tidy(ctx context.Context) error {
	for {
		tx, err := f.write.BeginTx(ctx, nil)
		if err != nil {
			return closed(err)
		}
		w := &writer{ctx: ctx, tx: tx}
		n := w.remove(`SELECT seq FROM messages INDEXED BY messages_time WHERE time < ? LIMIT ?`, f.floor(), tidyRows)
		w.exec(`DELETE FROM spans WHERE last < ?`, f.floor())
		if w.err == nil {
			w.err = tx.Commit()
		} else {
			_ = tx.Rollback()
		}
		if w.err != nil || n < tidyRows {
			return w.err
		}
	}
}

// writer changes the file in a transaction. After an error it does nothing.
type writer struct {
	ctx      context.Context //nolint:containedctx // of the transaction
	tx       *sql.Tx
	floor    int64
	prepared map[string]*sql.Stmt // until the end of the transaction
	spans    map[int64]span       // what was added, by the block
	err      error
}

// statement prepares a statement once for all lines of a page: that takes as long as running it.
func (w *writer) statement(text string) *sql.Stmt {
	if s, ok := w.prepared[text]; ok || w.err != nil {
		return s
	}
	s, err := w.tx.PrepareContext(w.ctx, text) //nolint:sqlclosecheck // the end of the transaction closes it
	if w.err = err; err != nil {
		return nil
	}
	if w.prepared == nil {
		w.prepared = map[string]*sql.Stmt{}
	}
	w.prepared[text] = s
	return s
}

func (w *writer) exec(text string, args ...any) {
	if s := w.statement(text); w.err == nil {
		_, w.err = s.ExecContext(w.ctx, args...)
	}
}

// row reads a row, and reports whether there is one.
func (w *writer) row(text string, args []any, into ...any) bool {
	s := w.statement(text)
	if w.err != nil {
		return false
	}
	err := s.QueryRowContext(w.ctx, args...).Scan(into...)
	if !errors.Is(err, sql.ErrNoRows) {
		w.err = err
	}
	return err == nil
}

// remove deletes the messages that a query of seq selects.
func (w *writer) remove(query string, args ...any) (n int) {
	s := w.statement(query)
	if w.err != nil {
		return 0
	}
	rows, err := s.QueryContext(w.ctx, args...)
	if w.err = err; err != nil {
		return 0
	}
	defer rows.Close()
	var list []int64
	for rows.Next() {
		var seq int64
		if w.err = rows.Scan(&seq); w.err != nil {
			return 0
		}
		list = append(list, seq)
	}
	if w.err = errors.Join(rows.Err(), rows.Close()); w.err != nil {
		return 0
	}
	for _, seq := range list {
		w.erase(seq)
		w.exec(`DELETE FROM messages WHERE seq = ?`, seq)
	}
	return len(list)
}

// erase deletes what a message says.
func (w *writer) erase(seq int64) {
	w.exec(`DELETE FROM words WHERE rowid = ?`, seq)
	w.exec(`DELETE FROM media WHERE seq = ?`, seq)
}

// add applies an entry of the log.
func (w *writer) add(seq int64, x entry) {
	switch x.Op {
	case opSay:
		w.say(seq, x)
	case opOutcome:
		w.outcome(x)
	case opRevoke:
		var at int64
		if w.row(`SELECT seq FROM messages WHERE key = ?`, []any{x.Key}, &at) {
			w.erase(at)
			w.exec(`UPDATE messages SET text = '', size = 0, revoked = 1 WHERE seq = ?`, at)
		}
	case opForget:
		w.forget(seq, x.Sender)
	}
}

// say adds a message, unless it is there.
func (w *writer) say(seq int64, x entry) {
	if x.Time < w.floor {
		return
	}
	var there int64
	var state string
	if w.row(`SELECT seq, state FROM messages WHERE key = ?`, []any{x.Key}, &there, &state) {
		if x.State == "" || state != string(store.Sending) {
			return
		}
		w.remove(`SELECT ?`, there) // it leaves once more
	}
	send := ""
	if x.State != "" {
		send = strings.TrimPrefix(x.Key, sendPrefix)
		if w.row(`SELECT seq FROM messages INDEXED BY messages_send WHERE send = ? AND send <> ''`, []any{send}, &there) {
			return // it was sent, and has the key of the message since
		}
	}
	var chat int64
	var name string
	if !w.row(`SELECT id, name FROM chats WHERE account = ? AND chat = ?`, []any{x.Account, x.Chat}, &chat, &name) {
		w.row(`INSERT INTO chats (account, chat, type, name) VALUES (?, ?, ?, ?) RETURNING id`,
			[]any{x.Account, x.Chat, string(x.Type), x.Name}, &chat)
	} else if x.Name != "" && x.Name != name {
		w.exec(`UPDATE chats SET name = ? WHERE id = ?`, x.Name, chat)
	}
	w.exec(`INSERT INTO messages (seq, chat, time, key, sender, called, kind, text, size, self, quote, state, send, source, revoked)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`, seq, chat, x.Time, x.Key, x.Sender, x.Called, string(x.Kind), x.Text, x.Size,
		x.Self, x.Quote, string(x.State), send, x.Source)
	w.saw(seq, x.Time)
	terms, singles := indexed(x.Text)
	w.exec(`INSERT INTO words (rowid, terms, singles, place) VALUES (?, ?, ?, ?)`, seq, terms, singles,
		placeWords(seq, chat, x.Account, x.Sender))
	if len(x.Body) > 0 {
		w.exec(`INSERT INTO media (seq, wxid, body) VALUES (?, ?, ?)`, seq, x.Wxid, []byte(x.Body))
	}
}

// outcome says what has become of a message of the bot. Its echo, if there was one, gives way.
func (w *writer) outcome(x entry) {
	var seq int64
	send := strings.TrimPrefix(x.Key, sendPrefix)
	if !w.row(`SELECT seq FROM messages INDEXED BY messages_send WHERE send = ? AND send <> ''`, []any{send}, &seq) {
		return
	}
	switch x.State {
	case store.Sent, store.Unknown:
		if x.Sent != "" {
			w.remove(`SELECT seq FROM messages WHERE key = ? AND seq <> ?`, x.Sent, seq)
			w.exec(`UPDATE messages SET key = ? WHERE seq = ?`, x.Sent, seq)
		}
		w.exec(`UPDATE messages SET state = ? WHERE seq = ?`, string(x.State), seq)
	case store.Refused, store.Expired:
		w.remove(`SELECT ?`, seq)
	case store.Queued, store.Held, store.Sending:
	}
}

// closed is the error of a database that was closed.
func closed(err error) error {
	if err != nil && strings.Contains(err.Error(), "database is closed") {
		return ErrClosed
	}
	return err
}
