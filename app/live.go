package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin/owner"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

const (
	// findTimeout bounds the look-up of the names of a file.
	findTimeout = 30 * time.Second
	// tellTimeout bounds how long a report of a mistake to the owners may take.
	tellTimeout = time.Minute
)

// live is a bot that runs from a file, and follows what the file says.
type live struct {
	path    string
	reader  Reader
	say     func(format string, args ...any)
	printer *lang.Printer
	current atomic.Pointer[File] // now, for those who do not hold mu
	state   store.State
	names   *names // nil against a simulator of its own
	bot     *bot.Bot
	look    bool // the bot is only looked at: it serves nothing

	secrets secrets // of the file, as the console has shown it

	mu      sync.Mutex // one reload at a time; guards what follows
	first   *File      // at the start: its settings hold until a restart
	now     *File
	parts   []part
	gateway *gateway.Gateway  // nil if the file had none at the start
	read    [sha256.Size]byte // of the text that was read last
	missing []string          // a line for each name that has no id yet
	told    string            // the mistake of which the people in charge know
}

// start makes the bot of a file, which has been read. The caller runs the bot, or closes it.
func start(ctx context.Context, l *live, file *File) (err error) {
	back := file.Bot.Store
	defer func() {
		if err != nil && back != nil {
			err = errors.Join(err, back.Close())
		}
	}()
	if back == nil {
		if back, err = openStore(ctx, file); err != nil {
			return err
		}
	}
	l.state = back.State()
	if !file.Bot.Simulator {
		found, err := l.lookUp(ctx, file)
		if err != nil {
			return err
		}
		found.Bot.Recording, found.Bot.Tracer, found.Bot.Logger = file.Bot.Recording, file.Bot.Tracer, file.Bot.Logger
		file = found
	}
	file.Bot.Store, file.Bot.Places = back, l.says
	l.current.Store(file)
	if l.bot, err = bot.New(file.Bot); err != nil { //nolint:contextcheck // a bot outlives the context of its making
		return err
	}
	back = nil // the bot closes it
	l.first, l.now, l.read = file, file, file.sum
	if l.parts, err = file.parts(nil); err == nil {
		err = l.bot.Install(pluginsOf(l.parts)...) //nolint:contextcheck // the routes of plugins outlive the context
	}
	if err == nil {
		_, err = l.remember(nil, file) //nolint:contextcheck // the history outlives the context
	}
	if err == nil {
		err = l.serve(file) //nolint:contextcheck // the gateway outlives the context
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", l.path, err), l.bot.Close()) //nolint:contextcheck // to close takes its time
	}
	if l.names != nil {
		l.names.book, l.names.accounts = l.bot.Contacts(), l.accounts
	}
	l.bot.OnReload(func(ctx context.Context) error {
		_, err := l.reload(ctx)
		return err
	})
	return nil
}

// lookUp is the file with the ids of its names, before there is a bot that could be asked.
func (l *live) lookUp(ctx context.Context, file *File) (*File, error) {
	c := file.Bot
	client, err := api.New(api.Config{Provider: c.Provider, BaseURL: c.BaseURL, Token: c.Token})
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	defer client.Close()
	book := contacts.New(contacts.Config{Client: client, State: l.state})
	l.names = &names{state: l.state, book: book, accounts: func(context.Context) (all []string) {
		for _, a := range c.Accounts {
			all = append(all, a.AppID)
		}
		return all
	}}
	return l.resolve(ctx, file)
}

// resolve is a file with the ids of its names. It says which have none.
func (l *live) resolve(ctx context.Context, file *File) (*File, error) {
	if l.names == nil {
		return file, nil
	}
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	resolved, missing, err := l.names.resolve(ctx, file)
	var lines []string
	for _, line := range missing {
		if !slices.Contains(l.missing, line.String()) {
			l.say("%v", line)
		}
		lines = append(lines, line.String())
	}
	l.missing = lines
	return resolved, err
}

// accounts are those of the bot, as far as they are known.
func (l *live) accounts(ctx context.Context) (all []string) {
	for _, a := range l.bot.Health(ctx).Accounts {
		all = append(all, a.AppID)
	}
	return all
}

// reload reads the file again. What it says of rules, plugins and allow lists holds from then on;
// the lines tell what has changed, and what needs a restart. After an error nothing has changed.
func (l *live) reload(ctx context.Context) (lines []phrase.Text, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, err := read(l.path)
	if err != nil {
		return nil, err
	}
	l.read = sha256.Sum256(text) // also of a text with mistakes, which are reported once
	next, err := l.reader.Parse(l.path, text)
	switch {
	case err != nil:
		return nil, err
	case next.Idle():
		return nil, errIdle(l.path)
	}
	if next, err = l.resolve(ctx, next); err != nil {
		return nil, err
	}
	parts, err := next.parts(l.parts)
	if err != nil {
		return nil, err
	}
	err = l.bot.Exchange(partNames(l.parts), pluginsOf(parts)...) //nolint:contextcheck // the routes of plugins outlive the context
	switch {
	case errors.Is(err, bot.ErrClose):
		lines = append(lines, phrase.New("%v", err))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", l.path, err)
	}
	lines = append(lines, changes(l.path, l.parts, parts))
	if shared, own := next.lists(); !reflect.DeepEqual(next.allowed(), l.now.allowed()) {
		l.bot.SetAllow(shared, own)
		lines = append(lines, phrase.New("%s: the allow lists have changed", l.path))
	}
	lines = append(lines, l.reremember(next)...) //nolint:contextcheck // the history outlives the context
	lines = append(lines, l.regate(next)...)
	lines = append(lines, fixed(l.first, next)...)
	l.parts, l.now, l.told = parts, next, ""
	l.current.Store(next)
	return append(next.warned, lines...), nil
}

// says is the place in the file of now that says whether a plugin is on in a chat.
func (l *live) says(plugin, chat string) string { return l.current.Load().says(plugin, chat) }

func errIdle(path string) error {
	return phrase.Errorf("%s:1: the bot would do nothing: the file has no rules; docs/en/config.md shows how to write one", path)
}

// lists are the allow lists of a file.
func (f *File) lists() (shared bot.Allow, own map[string]bot.Allow) {
	own = map[string]bot.Allow{}
	for _, a := range f.Bot.Accounts {
		if a.Allow != nil {
			own[a.AppID] = *a.Allow
		}
	}
	return f.Bot.Allow, own
}

// allowed is lists as one value.
func (f *File) allowed() any {
	shared, own := f.lists()
	return []any{shared, own}
}

func partNames(parts []part) (all []string) {
	for _, p := range parts {
		all = append(all, p.plugin.Name())
	}
	return all
}

// changes tells what differs between the plugins of a file and those of the file before.
func changes(path string, old, next []part) phrase.Text {
	var words []phrase.Text
	before, after := partNames(old), partNames(next)
	for i, name := range after {
		at := slices.Index(before, name)
		switch {
		case at < 0:
			words = append(words, phrase.New("%s is new", name))
		case !reflect.DeepEqual(old[at].said, next[i].said):
			words = append(words, phrase.New("%s has changed", name))
		}
	}
	for _, name := range before {
		if !slices.Contains(after, name) {
			words = append(words, phrase.New("%s is gone", name))
		}
	}
	if len(words) == 0 {
		words = []phrase.Text{phrase.New("the rules and plugins are the same")}
	}
	return phrase.New("%s: reloaded: %v", path, phrase.Join(words, phrase.Word(", ")))
}

// fixed are lines about the keys that have changed since the start, and need a restart.
func fixed(first, next *File) (lines []phrase.Text) {
	a, b := reflect.ValueOf(*first.said), reflect.ValueOf(*next.said)
	for i := range a.NumField() {
		key, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("yaml"), ",")
		switch key {
		case "allow", "block", "chats", "may_switch", "rules", "plugins", "gateway", "webhooks", "history", "tests":
			continue
		}
		if !reflect.DeepEqual(settled(a.Field(i)), settled(b.Field(i))) {
			lines = append(lines, phrase.New("%s: %s has changed: that holds after a restart", next.place(key), key))
		}
	}
	return lines
}

// settled is the value of a key without what a reload can change.
func settled(v reflect.Value) any {
	switch all := v.Interface().(type) {
	case []account:
		all = slices.Clone(all)
		for i := range all {
			all[i].Allow, all[i].Listen, all[i].Answer = nil, nil, nil
		}
		return all
	case []owner.Who: // what others may do is of the plugin
		return slices.DeleteFunc(slices.Clone(all), func(who owner.Who) bool { return who.May != nil })
	}
	return v.Interface()
}

// again reloads, says what came of it, and tells the people in charge of a new mistake.
func (l *live) again(ctx context.Context) answer {
	found, err := l.reload(ctx)
	if err == nil {
		a := answer{OK: true}
		for _, line := range found {
			l.say("%v", line)
			a.Lines = append(a.Lines, l.printer.Text(line))
		}
		return a
	}
	lines := strings.Split(l.printer.Error(err), "\n")
	if ctx.Err() != nil {
		return answer{Lines: lines}
	}
	for _, line := range lines {
		l.say("%s", line)
	}
	l.say("%s: not reloaded: what was read before holds", l.path)
	l.mu.Lock()
	known := l.told == err.Error()
	l.told = err.Error()
	l.mu.Unlock()
	if !known {
		l.tell(ctx, l.printer.Error(err))
	}
	return answer{Lines: lines}
}

// maxTold bounds a report to the owners, in characters.
const maxTold = 500

// tell writes to the people in charge that the file has a mistake.
func (l *live) tell(ctx context.Context, mistake string) {
	ctx, cancel := context.WithTimeout(ctx, tellTimeout)
	defer cancel()
	accounts := l.accounts(ctx)
	if len(accounts) == 0 {
		return
	}
	text := []rune(mistake)
	body := l.printer.F("The file was not reloaded; what was read before holds.\n%s", string(text[:min(len(text), maxTold)]))
	for _, owner := range l.first.Bot.Owners {
		if err := l.bot.Chat(ctx, accounts[0], owner).SendText(body, router.AsAnswer()); err != nil && ctx.Err() == nil {
			l.say("%s could not be told: %v", owner, err)
		}
	}
}
