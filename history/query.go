package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// The errors of questions.
var (
	// ErrQuery means that a question cannot be answered as it is; the text says why.
	ErrQuery = errors.New("history: the question is not valid")
	// ErrNotFound means that there is no such message, or no longer.
	ErrNotFound = errors.New("history: there is no such message, or it is older than messages are kept")
)

// Message is a message as the history has it.
type Message struct {
	// Cursor is its place, for Query.Before and Query.After.
	Cursor string `json:"cursor"`
	// Key identifies the message, as callback.Event.Key does. That of a message of the bot whose id
	// is not known begins with "send/".
	Key     string    `json:"key"`
	Account string    `json:"account"`
	Chat    Chat      `json:"chat"`
	Sender  Person    `json:"sender"`
	Time    time.Time `json:"time"`
	Kind    string    `json:"kind"`
	// Text is what the message says: the words, the name of a file, the title of a link.
	Text string `json:"text"`
	Size int64  `json:"size,omitempty"` // of its file, in bytes
	// Self is true for what the account wrote: the bot, or its owner on the phone.
	Self bool `json:"self,omitempty"`
	// State is the outcome of a message of the bot, sent or unknown; empty for all others. Source
	// is the plugin or route that sent it.
	State  string `json:"state,omitempty"`
	Source string `json:"source,omitempty"`
	// Quote is the key of the message that this one quotes.
	Quote   string `json:"quote,omitempty"`
	Revoked bool   `json:"revoked,omitempty"` // its author has withdrawn it: its text is gone
}

// Chat is the conversation of a message.
type Chat struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Type string `json:"type,omitempty"`
}

// Person is the author of a message. The bot is empty.
type Person struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Query selects messages. Zero fields select all.
type Query struct {
	// Accounts and Chats are ids. An empty list that is not nil selects nothing.
	Accounts, Chats []string
	Person          string // the wxid of the author
	// From and To select From <= Time < To.
	From, To time.Time
	// Before and After are the cursors of a message: only older, or newer, ones are selected.
	Before, After string
	// Around is the key of a message; the page has those before and after it as well. For Messages.
	Around string
	// Words must all be in the text. For Search.
	Words string
	// Limit bounds the page. 0 means DefaultLimit, and MaxLimit is the most.
	Limit int
}

// Page is a part of an answer.
type Page struct {
	Messages []Message `json:"messages"`
	// Older is the cursor to pass as Before for the page of older messages; empty if there are no
	// more.
	Older string `json:"older,omitempty"`
	// Newer is the cursor to pass as After for what has come since.
	Newer string `json:"newer,omitempty"`
}

// place is a cursor.
type place struct{ time, seq int64 }

func (p place) String() string { return fmt.Sprintf("%d-%d", p.time, p.seq) }

func parsePlace(name, cursor string) (p place, err error) {
	at, seq, ok := strings.Cut(cursor, "-")
	if p.time, err = strconv.ParseInt(at, 10, 64); err == nil && ok {
		p.seq, err = strconv.ParseInt(seq, 10, 64)
	}
	if err != nil || !ok {
		return p, fmt.Errorf("%w: %s: %.40q is no cursor: pass one that an answer had", ErrQuery, name, cursor)
	}
	return p, nil
}

// Messages returns the latest messages that a query selects, the oldest of them first; with
// Query.After the first ones after it. One chat is found quickly however much there is, and so are
// all; of several chats, all messages of the time are looked at.
func (f *File) Messages(ctx context.Context, q Query) (Page, error) {
	if q.Words != "" || q.Person != "" {
		return Page{}, fmt.Errorf("%w: words and person are for a search", ErrQuery)
	}
	if q.Around != "" && q.Before+q.After != "" {
		return Page{}, fmt.Errorf("%w: around goes without before and after", ErrQuery)
	}
	if err := f.CatchUp(ctx); err != nil {
		return Page{}, err
	}
	if q.Around != "" {
		return f.around(ctx, q)
	}
	s, err := f.messages(ctx, &q)
	if err != nil {
		return Page{}, err
	}
	return f.page(ctx, q, s)
}

// around is the page around a message.
func (f *File) around(ctx context.Context, q Query) (Page, error) {
	m, err := f.find(ctx, q.Around)
	if err != nil {
		return Page{}, err
	}
	if q.Chats == nil {
		q.Accounts, q.Chats = []string{m.Account}, []string{m.Chat.ID}
	}
	q.Limit = limit(q.Limit)
	at, err := parsePlace("around", m.Cursor)
	if err != nil {
		return Page{}, err
	}
	before, after := q, q
	before.Limit, after.Limit = (q.Limit+1)/2, q.Limit/2
	before.Before, after.After = place{at.time, at.seq + 1}.String(), m.Cursor
	s, err := f.messages(ctx, &before)
	if err != nil {
		return Page{}, err
	}
	p, err := f.page(ctx, before, s)
	if err != nil || after.Limit == 0 {
		return p, err
	}
	if s, err = f.messages(ctx, &after); err != nil {
		return Page{}, err
	}
	rest, err := f.page(ctx, after, s)
	p.Messages = append(p.Messages, rest.Messages...)
	if rest.Newer != "" {
		p.Newer = rest.Newer
	}
	return p, err
}

// Search returns the messages that a query selects, the newest first. It needs Words or a Person.
// It looks back as far as it gets in a moment: a page may have fewer messages than Limit, even
// none, and an Older to look on with.
func (f *File) Search(ctx context.Context, q Query) (Page, error) {
	if q.Around != "" || q.After != "" {
		return Page{}, fmt.Errorf("%w: a search has no around and no after", ErrQuery)
	}
	if matching(q.Words) == "" && (q.Person == "" || strings.TrimSpace(q.Words) != "") {
		return Page{}, fmt.Errorf("%w: there is nothing to search for: give a word, or a person", ErrQuery)
	}
	if err := f.CatchUp(ctx); err != nil {
		return Page{}, err
	}
	return f.look(ctx, q, firstPart, lookTime)
}

// Message returns a message by its key, or ErrNotFound.
func (f *File) Message(ctx context.Context, key string) (Message, error) {
	if err := f.CatchUp(ctx); err != nil {
		return Message{}, err
	}
	return f.find(ctx, key)
}

func (f *File) find(ctx context.Context, key string) (Message, error) {
	p, err := f.page(ctx, Query{}, statement{selected + ` FROM messages CROSS JOIN chats ON chats.id = messages.chat
		WHERE key = ? AND time >= ? AND state <> 'sending'`, []any{key, f.floor()}, false})
	if err == nil && len(p.Messages) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Message{}, err
	}
	return p.Messages[0], nil
}

// Body returns the callback of a message with a file, to download it from, and the wxid of the
// account; ErrNotFound if it is not known.
func (f *File) Body(ctx context.Context, key string) (body []byte, wxid string, err error) {
	if err := f.CatchUp(ctx); err != nil {
		return nil, "", err
	}
	err = f.read.QueryRowContext(ctx, `SELECT body, wxid FROM messages CROSS JOIN media USING (seq) WHERE key = ? AND time >= ?`,
		key, f.floor()).Scan(&body, &wxid)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, "", ErrNotFound
	case err != nil:
		return nil, "", fmt.Errorf("history: %w", closed(err))
	}
	return body, wxid, nil
}

// statement selects messages. rising means that the oldest comes first.
type statement struct {
	text   string
	args   []any
	rising bool
}

const selected = `SELECT seq, time, key, account, chats.chat, chats.type, chats.name, sender, called, kind, text, size, self, quote,
	state, source, revoked`

func limit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, MaxLimit)
}

// times adds the conditions on the time.
func (f *File) times(q Query, and func(condition string, args ...any)) {
	from := f.floor()
	if !q.From.IsZero() {
		from = max(from, q.From.Add(time.Millisecond-1).UnixMilli())
	}
	and("time >= ?", from)
	if !q.To.IsZero() {
		and("time < ?", q.To.Add(time.Millisecond-1).UnixMilli())
	}
	and("state <> 'sending'")
}

// messages is the statement of Messages.
func (f *File) messages(ctx context.Context, q *Query) (statement, error) {
	q.Limit = limit(q.Limit)
	s := statement{rising: q.After != "" && q.Before == ""}
	ids, all, err := f.chats(ctx, *q)
	if err != nil {
		return s, err
	}
	var where []string
	and := func(condition string, args ...any) {
		where = append(where, condition)
		s.args = append(s.args, args...)
	}
	index := "messages_time"
	switch {
	case all:
	case len(ids) == 1:
		index = "messages_chat"
		and("messages.chat = ?", ids[0])
	default:
		and("messages.chat IN (" + numbers(ids) + ")")
	}
	for name, cursor := range map[string]string{"before": q.Before, "after": q.After} {
		if cursor == "" {
			continue
		}
		p, err := parsePlace(name, cursor)
		if err != nil {
			return s, err
		}
		sign := map[string]string{"before": "<", "after": ">"}[name]
		and("(time, seq) "+sign+" (?, ?)", p.time, p.seq)
	}
	f.times(*q, and)
	order := "DESC"
	if s.rising {
		order = "ASC"
	}
	s.text = fmt.Sprintf(`%s FROM messages INDEXED BY %s CROSS JOIN chats ON chats.id = messages.chat
		WHERE %s ORDER BY time %s, seq %s LIMIT ?`, selected, index, strings.Join(where, " AND "), order, order)
	s.args = append(s.args, q.Limit)
	return s, nil
}

// search is the statement of Search. The places of the index are in the order of the log, which is
// that of the time but for what came late.
func (f *File) search(ctx context.Context, q Query) (statement, error) {
	match := matching(q.Words)
	and := func(word string) {
		if match != "" {
			match += " AND "
		}
		match += word
	}
	if q.Person != "" {
		and("place:" + personWord(q.Person))
	}
	if q.Chats == nil && len(q.Accounts) > 0 {
		words := make([]string, len(q.Accounts))
		for i, a := range q.Accounts {
			words[i] = accountWord(a)
		}
		and("place:(" + strings.Join(words, " OR ") + ")")
	} else {
		ids, all, err := f.chats(ctx, q)
		if err != nil {
			return statement{}, err
		}
		if len(ids) == 0 && !all {
			return statement{}, nil
		}
		words := make([]string, len(ids))
		for i, id := range ids {
			words[i] = chatWord(id)
		}
		if !all {
			and("place:(" + strings.Join(words, " OR ") + ")")
		}
	}
	s := statement{args: []any{match}}
	where := ""
	f.times(q, func(condition string, args ...any) {
		where += " AND " + condition
		s.args = append(s.args, args...)
	})
	s.text = selected + ` FROM words CROSS JOIN messages ON seq = words.rowid CROSS JOIN chats ON chats.id = messages.chat
		WHERE words MATCH ?` + where + ` AND words.rowid >= ? AND words.rowid < ? ORDER BY words.rowid DESC LIMIT ?`
	return s, nil // look adds the last arguments
}

// chats are the ids of the chats that a query selects; all means that it selects all.
func (f *File) chats(ctx context.Context, q Query) (ids []int64, all bool, err error) {
	if q.Accounts == nil && q.Chats == nil {
		return nil, true, nil
	}
	text := `SELECT id FROM chats WHERE account IN (SELECT value FROM json_each(?)) AND chat IN (SELECT value FROM json_each(?))`
	lists := [][]string{q.Accounts, q.Chats}
	switch {
	case q.Chats == nil:
		text, lists = `SELECT id FROM chats WHERE account IN (SELECT value FROM json_each(?))`, lists[:1]
	case q.Accounts == nil:
		text, lists = `SELECT id FROM chats WHERE chat IN (SELECT value FROM json_each(?))`, lists[1:]
	}
	args := make([]any, len(lists))
	for i, list := range lists {
		data, err := json.Marshal(list)
		if err != nil {
			return nil, false, fmt.Errorf("history: %w", err)
		}
		args[i] = string(data)
	}
	rows, err := f.read.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, false, fmt.Errorf("history: %w", closed(err))
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, false, fmt.Errorf("history: %w", err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("history: %w", err)
	}
	return ids, false, nil
}

func numbers(ids []int64) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(list, ",")
}

// page runs a statement. That of a search has the newest first, all others the oldest.
func (f *File) page(ctx context.Context, q Query, s statement) (Page, error) {
	p := Page{Messages: []Message{}}
	if s.text == "" {
		return p, nil
	}
	rows, err := f.read.QueryContext(ctx, s.text, s.args...)
	if err != nil {
		return p, fmt.Errorf("history: %w", closed(err))
	}
	defer rows.Close()
	for rows.Next() {
		var m Message
		var at place
		err := rows.Scan(&at.seq, &at.time, &m.Key, &m.Account, &m.Chat.ID, &m.Chat.Type, &m.Chat.Name, &m.Sender.ID, &m.Sender.Name,
			&m.Kind, &m.Text, &m.Size, &m.Self, &m.Quote, &m.State, &m.Source, &m.Revoked)
		if err != nil {
			return p, fmt.Errorf("history: %w", err)
		}
		m.Cursor, m.Time = at.String(), time.UnixMilli(at.time).UTC()
		p.Messages = append(p.Messages, m)
	}
	if err := rows.Err(); err != nil {
		return p, fmt.Errorf("history: %w", err)
	}
	n := len(p.Messages)
	if n == 0 {
		return p, nil
	}
	if search := q.Words+q.Person != ""; search || !s.rising {
		if n == limit(q.Limit) {
			p.Older = p.Messages[n-1].Cursor
		}
		p.Newer = p.Messages[0].Cursor
		if !search {
			slices.Reverse(p.Messages)
		}
		return p, nil
	}
	p.Newer, p.Older = p.Messages[n-1].Cursor, p.Messages[0].Cursor
	return p, nil
}
