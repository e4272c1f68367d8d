package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	// LookedBack is how far back a search has looked, if it has not looked at all messages and the
	// page is not full: Older goes on from there.
	LookedBack time.Time `json:"looked_back,omitzero"`
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
	p, err := f.page(ctx, Query{}, statement{text: selected + ` FROM messages CROSS JOIN chats ON chats.id = messages.chat
		WHERE key = ? AND time >= ? AND state <> 'sending'`, args: []any{key, f.floor()}})
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
