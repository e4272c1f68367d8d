package console

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

func (c *Console) accountsPage(r *http.Request) (web.Page, error) {
	return web.Page{Name: "accounts", Title: c.text(r, "nav.accounts"), Nav: "accounts", Data: map[string]any{
		"Accounts": c.accounts(r.Context()),
	}}, nil
}

// accountView is the page of an account.
type accountView struct {
	accountLine
	Line    []stage      `json:"incident,omitempty"` // what happened to it
	Login   *loginView   `json:"login,omitempty"`
	Regions []api.Region `json:"-"`
	Device  login.Device `json:"device"`
	New     bool         `json:"new,omitempty"` // a login of an account that has no device yet
	URL     string       `json:"callback_host,omitempty"`
	Show    bool         `json:"-"` // the code, which lets anyone log in
}

// newAccount stands for the app id of an account that has none yet.
const newAccount = "new"

func (c *Console) accountPage(r *http.Request) (web.Page, error) {
	id := r.PathValue("app_id")
	stream := c.stream(loginTopic(id, r.URL.Query().Get("code") != ""))
	v := accountView{Regions: api.Regions(), New: id == newAccount}
	if v.New {
		v.AppID = ""
	} else {
		a, ok := c.account(r.Context(), id)
		if !ok {
			return web.Page{}, errNone
		}
		v.accountLine = a
		var err error
		if v.Device, err = login.Remembered(r.Context(), c.back.State(), id); err != nil {
			return web.Page{}, err
		}
		v.Line = incidentOf(a)
	}
	v.Show = r.URL.Query().Get("code") != ""
	if state, ok := c.loginOf(v.AppID); ok {
		v.Login = &state
	}
	registered, err := bot.LastRegistration(r.Context(), c.back.State())
	if err != nil {
		return web.Page{}, err
	}
	v.URL = registered.Host
	title := v.Name
	if title == "" {
		title = v.AppID
	}
	if v.New {
		title = c.text(r, "login.new")
	}
	return web.Page{Name: "account", Title: title, Nav: "accounts", Stream: stream, Data: v}, nil
}

// incidentOf is what happened to an account, as a time line.
func incidentOf(a accountLine) (line []stage) {
	add := func(name string, at time.Time, state, text string) {
		if !at.IsZero() {
			line = append(line, stage{Name: name, At: at, State: state, Text: text})
		}
	}
	add("callback", a.Callback, "ok", "")
	add("sent", a.Sent, "ok", "")
	add("down", a.Down, "bad", a.Cause)
	if !a.Down.IsZero() && !a.Reconnected.Before(a.Down) {
		add("reconnected", a.Reconnected, "wait", "")
	}
	slices.SortFunc(line, func(x, y stage) int { return x.At.Compare(y.At) })
	return line
}

// codePicture is the code that a phone scans.
func (c *Console) codePicture(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("app_id")
	if id == newAccount {
		id = ""
	}
	run := c.logins.of(id)
	if run == nil || run.code() == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(run.code()) // the browser is gone
}

// accountAction pauses, resumes, mends or logs in an account.
func (c *Console) accountAction(r *http.Request) (done, error) {
	id, action, ctx := r.PathValue("app_id"), r.PathValue("action"), r.Context()
	d := done{on: id + " " + action, place: root + "accounts/" + escape(id)}
	appID := id
	if id == newAccount {
		appID = ""
	} else if _, ok := c.account(ctx, id); !ok {
		return d, errNone
	}
	switch action {
	case "pause":
		d.key = "flash.paused"
		return d, c.stop(ctx, appID, field(r, "reason"))
	case "resume":
		d.key = "flash.resumed"
		return d, c.bot.Resume(ctx, appID)
	case "reconnect":
		d.key = "flash.reconnected"
		return d, c.reconnect(ctx, appID)
	case "login":
		d.key, d.place = "flash.login", d.place+"?code=1"
		if strings.HasPrefix(field(r, "back"), root+"?") || field(r, "back") == root {
			d.place = link("", "login", id)
		}
		return d, c.logIn(ctx, login.Request{
			AppID: appID, NewDevice: id == newAccount, RegionID: field(r, "region"), Type: api.DeviceType(field(r, "device")),
			ProxyIP: field(r, "proxy"), Dialog: field(r, "dialog") != "",
		})
	}
	run := c.logins.of(appID)
	if run == nil {
		return d, errNone
	}
	d.place += "?code=1"
	switch action {
	case "again":
		d.key = "flash.login"
		return d, c.logIn(ctx, run.request)
	case "number":
		run.tell(field(r, "number"))
	case "slide":
		select {
		case run.slide <- struct{}{}:
		default: // it was asked for already
		}
	case "cancel":
		run.cancel()
		d.key = "flash.cancelled"
	default:
		return d, errAction
	}
	return d, nil
}

// chatsView is the list of chats.
type chatsView struct {
	Chats []chatLine `json:"chats"`
	View  string     `json:"view"`
	Words string     `json:"q,omitempty"`
	All   int        `json:"all"`

	History bool `json:"history"` // what is said is kept
}

// Tabs are the views.
func (v chatsView) Tabs() (tabs []tab) {
	for _, name := range []string{"all", "groups", "people", "trouble", "paused"} {
		tabs = append(tabs, tab{Name: name, Current: name == v.View})
	}
	return tabs
}

// chatRows are the chats with their names, the latest first.
func (c *Console) chatRows(ctx context.Context) []chatLine {
	found := c.names(ctx)
	all := c.seen.chatList()
	for i := range all {
		x := &all[i]
		x.Name = found.chat(x.Account, x.ID)
		if heard, err := c.bot.Hears(ctx, x.Account, x.ID, ""); err == nil { // the page of the chat says the error
			x.Paused = heard.Paused
		}
	}
	return all
}

func (c *Console) chatsPage(r *http.Request) (web.Page, error) {
	stream := c.stream(topicChats)
	v := chatsView{View: r.URL.Query().Get("view"), Words: strings.TrimSpace(r.URL.Query().Get("q")), Chats: []chatLine{}}
	v.History = c.history() != nil
	if v.View == "" {
		v.View = "all"
	}
	if v.View != "all" || v.Words != "" {
		stream = "" // a list that is filtered does not change by itself
	}
	for _, x := range c.chatRows(r.Context()) {
		v.All++
		fits := map[string]bool{"groups": x.Group, "people": !x.Group, "trouble": x.Trouble != "", "paused": x.Paused}
		if only, known := fits[v.View]; known && !only {
			continue
		}
		if v.Words == "" || strings.Contains(strings.ToLower(x.Name+" "+x.ID), strings.ToLower(v.Words)) {
			v.Chats = append(v.Chats, x)
		}
	}
	return web.Page{Name: "chats", Title: c.text(r, "nav.chats"), Nav: "chats", Stream: stream, Data: v}, nil
}

// chatView is a chat.
type chatView struct {
	Account string       `json:"account"`
	ID      string       `json:"id"`
	Name    string       `json:"name,omitempty"`
	Paused  bool         `json:"paused"`
	Muted   time.Time    `json:"muted_until,omitzero"`
	Hears   bool         `json:"hears"`
	HearWhy string       `json:"hears_why"`
	Entries []chatEntry  `json:"entries"`
	Plugins []pluginLine `json:"plugins"`
	History bool         `json:"history"`   // there is a history of it
	Kept    bool         `json:"text_kept"` // what was said is kept somewhere
	Shown   bool         `json:"-"`
	Key     string       `json:"-"` // of a message that is sent by hand
}

// chatEntry is a message or a send with the names of now.
type chatEntry struct {
	entry
	Name string `json:"name,omitempty"`
	Text string `json:"text,omitempty"`
}

func (c *Console) chatPage(r *http.Request) (web.Page, error) {
	ctx, account, chat := r.Context(), r.PathValue("account"), r.PathValue("chat")
	found := c.names(ctx)
	v := chatView{
		Account: account, ID: chat, Name: found.chat(account, chat),
		Plugins: c.plugins(ctx, account, chat), Key: rand.Text(), History: c.history() != nil,
	}
	person := chat
	if isGroup(chat) {
		person = ""
	}
	heard, err := c.bot.Hears(ctx, account, chat, person)
	if err != nil {
		return web.Page{}, err
	}
	v.Hears, v.HearWhy, v.Paused = heard.Hears, heard.Why, heard.Paused
	if v.Muted, err = outbox.MutedUntil(ctx, c.back.State(), account, chat); err != nil {
		return web.Page{}, err
	}
	if !v.Muted.After(c.h.Now()) {
		v.Muted = time.Time{}
	}
	v.Shown = c.wantsText(r, "chat "+chat)
	v.Entries, v.Kept = c.chatEntries(ctx, found, account, chat, v.Shown)
	title := v.Name
	if title == "" {
		title = chat
	}
	return web.Page{Name: "chat", Title: title, Nav: "chats", Data: v}, nil
}

// chatEntries are the messages and sends of a chat since the start, and whether what they say is
// kept; with texts, also that.
func (c *Console) chatEntries(ctx context.Context, found *names, account, chat string, texts bool) (all []chatEntry, kept bool) {
	all = []chatEntry{}
	var remembered map[string]string
	if h := c.history(); h != nil {
		kept = true
		if texts {
			remembered = textsIn(ctx, h, account, chat)
		}
	}
	for _, x := range c.seen.entriesOf(place{account, chat}) {
		e := chatEntry{entry: x}
		if x.Sender != "" {
			e.Name = found.chat(account, x.Sender)
		}
		text, ok := remembered[x.Key]
		switch {
		case ok:
		case x.Out:
			s, err := c.back.Ledger().Get(ctx, x.Key)
			if ok = err == nil && len(s.Body) > 0; ok && texts {
				text = saidBy(s)
			}
		default:
			event := c.kept(ctx, x.Key)
			if ok = event != nil; ok && texts {
				text = textOf(event)
			}
		}
		kept = kept || ok
		if texts {
			e.Text = text
		}
		all = append(all, e)
	}
	return all, kept
}

// muteTime is how long the button mutes a chat.
const muteTime = 30 * time.Minute

// chatAction pauses or resumes the bot in a chat, mutes it, switches a plugin there, or says
// something.
func (c *Console) chatAction(r *http.Request) (done, error) {
	ctx, account, chat, action := r.Context(), r.PathValue("account"), r.PathValue("chat"), r.PathValue("action")
	d := done{on: chat + " " + action, place: root + "chats/" + escape(account) + "/" + escape(chat)}
	switch action {
	case "pause":
		d.key = "flash.chat.paused"
		return d, c.bot.Switch(ctx, "", chat, false)
	case "resume":
		d.key = "flash.chat.resumed"
		return d, c.bot.Switch(ctx, "", chat, true)
	case "mute":
		d.key = "flash.chat.muted"
		return d, outbox.Mute(ctx, c.back.State(), account, chat, c.h.Now(), muteTime)
	case "unmute":
		d.key = "flash.chat.unmuted"
		return d, outbox.Mute(ctx, c.back.State(), account, chat, c.h.Now(), 0)
	case "on", "off":
		plugin := field(r, "plugin")
		d.on += " " + plugin
		d.key = "flash.plugin." + action
		d.args = []any{plugin}
		if plugin == "" {
			return d, errNothing
		}
		return d, c.bot.Switch(ctx, plugin, chat, action == "on")
	case "say":
		text := field(r, "text")
		if text == "" {
			return d, errNothing
		}
		key := field(r, "key")
		if key == "" {
			key = rand.Text()
		}
		d.key = "flash.said"
		return d, c.h.Chat(ctx, account, chat).SendText(text, router.Key(pluginName+"/"+key), router.Queued())
	}
	return d, errAction
}
