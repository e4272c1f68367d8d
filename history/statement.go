package history

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// statement selects messages. rising means that the oldest comes first.
type statement struct {
	text   string
	args   []any
	rising bool
	// The first argument of a search: late, and the stretches; early before meta.paired.
	late, early string
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
	from, to := f.period(q)
	and("time >= ?", from)
	if !q.To.IsZero() {
		and("time < ?", to)
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
	words, early := []string{}, []string{}
	and := func(late, before string) { words, early = append(words, late), append(early, before) }
	if match := matching(q.Words); match != "" {
		and(match, match)
	}
	person := ""
	if q.Person != "" {
		person = personWord(q.Person)
	}
	var places, pairs []string
	if q.Chats == nil && len(q.Accounts) > 0 {
		for _, a := range q.Accounts {
			places = append(places, accountWord(a))
		}
	} else {
		ids, all, err := f.chats(ctx, q)
		if err != nil || len(ids) == 0 && !all {
			return statement{}, err
		}
		for _, id := range ids {
			places = append(places, chatWord(id))
			if person != "" {
				pairs = append(pairs, pairWord(id, q.Person))
			}
		}
	}
	of := func(words ...string) string { return "place:(" + strings.Join(words, " OR ") + ")" }
	switch {
	case len(pairs) > 0:
		and(of(pairs...), of(person)+" AND "+of(places...))
	case person != "":
		and(of(person), of(person))
		fallthrough
	default:
		if len(places) > 0 {
			and(of(places...), of(places...))
		}
	}
	s := statement{late: strings.Join(words, " AND "), early: strings.Join(early, " AND ")}
	s.args = []any{s.late}
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
