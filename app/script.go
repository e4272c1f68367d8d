package app

import (
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// script is a test of the file: what people do, and what the bot is expected to send.
type script struct {
	Name  string `yaml:"name" required:"true" help:"What the test shows."`
	Fresh bool   `yaml:"fresh" help:"Begin with a new bot and a new world; otherwise tests go on where the one before ended."`
	step
	Steps []step `yaml:"steps" help:"Several steps, instead of one."`
}

// step is one thing that happens, and what the bot is expected to send then.
type step struct {
	After   time.Duration `yaml:"after" help:"How much time passes before."`
	At      clockTime     `yaml:"at" help:"The time of the day to wait for before."`
	As      string        `yaml:"as" of:"people" default:"alice" help:"Who does it; phone is the account itself."`
	In      string        `yaml:"in" of:"chats" help:"The group; without, in private."`
	Account string        `yaml:"account" help:"The account, by its app_id; without, the first."`

	Say     string   `yaml:"say" help:"A text."`
	Mention []string `yaml:"mention" of:"people" help:"Whom the text mentions; bot is the account."`
	File    *upload  `yaml:"file" help:"A file: its name, or name and size."`
	Image   bool     `yaml:"image" help:"A picture."`
	Link    *webpage `yaml:"link" help:"A link: its title, or title, url and desc."`
	Quote   string   `yaml:"quote" help:"Words of the message that say answers."`
	Card    string   `yaml:"card" of:"people" help:"The card of a person."`

	Voice time.Duration `yaml:"voice" help:"A voice of this length."`

	Raw    *raw `yaml:"raw" help:"Any message, by its type and content."`
	Revoke bool `yaml:"revoke" help:"Revoke what this person said last."`

	Join          []string `yaml:"join" of:"people" help:"Who join the group, added by as."`
	Scan          []string `yaml:"join_by_qr" of:"people" help:"Who join the group by the QR code of as."`
	Leave         bool     `yaml:"leave" help:"The person leaves the group."`
	Remove        []string `yaml:"remove" of:"people" help:"Whom as removes from the group."`
	Rename        string   `yaml:"rename" help:"The new name of the group."`
	FriendRequest string   `yaml:"friend_request" help:"The words of a friend request."`

	Web     map[string]webAnswer `yaml:"web" help:"What services outside answer from now on, by the beginning of their address."`
	Request *visit               `yaml:"request" help:"Asks a page of a plugin."`
	Restart bool                 `yaml:"restart" help:"Restart the bot on what it has stored."`
	Down    time.Duration        `yaml:"down" help:"The same, with a time without a bot in between."`

	Refuse []string      `yaml:"refuse" of:"chats" help:"Chats in which the service refuses what is sent in this step."`
	Wait   time.Duration `yaml:"wait" help:"How much time passes after it, before the sends are looked at."`
	Expect expected      `yaml:"expect" help:"What the bot sends, in order in each chat; nothing for nothing."`
}

// upload is a file that somebody sends.
type upload struct {
	Name string `yaml:"name"`
	Size int64  `yaml:"size,bytes"`
	MD5  string `yaml:"md5"`
}

// UnmarshalShort reads the name.
func (u *upload) UnmarshalShort(name string) error {
	u.Name = name
	return nil
}

// webpage is a link that somebody shares.
type webpage struct {
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
	Desc  string `yaml:"desc"`
}

// UnmarshalShort reads the title.
func (w *webpage) UnmarshalShort(title string) error {
	w.Title = title
	return nil
}

// visit asks a page that a plugin serves.
type visit struct {
	URL      string   `yaml:"url" help:"Its address."`
	Method   string   `yaml:"method" help:"GET, or POST with a body, if it is absent."`
	Token    string   `yaml:"token" help:"For the header Authorization."`
	Body     string   `yaml:"body" help:"What is posted."`
	Status   int      `yaml:"status" help:"The status that is expected."`
	Contains []string `yaml:"contains" help:"Words that the answer has."`
}

// UnmarshalShort reads the address.
func (r *visit) UnmarshalShort(url string) error {
	r.URL = url
	return nil
}

// raw is a message of any type.
type raw struct {
	Type    int    `yaml:"type"`
	Content string `yaml:"content"`
}

// expected are the sends that are expected; none is checked if the key is absent.
type expected struct {
	given bool
	sends []expectation
}

// expectation is a send that is expected.
type expectation struct {
	To       string   `yaml:"to" of:"chats" help:"The chat; without, that of the step."`
	Reply    string   `yaml:"reply" help:"A text, word for word."`
	Text     string   `yaml:"text" help:"The same as reply."`
	Contains []string `yaml:"contains" help:"Words that the text has."`
	Kind     string   `yaml:"kind" help:"The kind of message."`
	File     string   `yaml:"file" help:"The name of a file."`
	Link     string   `yaml:"link" help:"The title of a link."`
	Image    bool     `yaml:"image" help:"A picture."`
	Mention  []string `yaml:"mention" of:"people" help:"Whom the text mentions."`
	Held     bool     `yaml:"held" help:"It waits for a person."`
}

// UnmarshalShort reads a text.
func (x *expectation) UnmarshalShort(text string) error {
	x.Reply = text
	return nil
}

// UnmarshalConf reads nothing, or a list.
func (e *expected) UnmarshalConf(d *conf.Document, path string, n conf.Node) {
	e.given = true
	if d.Text(n) == "nothing" {
		return
	}
	d.Read(path, n, &e.sends)
}

// clockTime is a time of the day, since midnight.
type clockTime struct {
	set bool
	at  time.Duration
}

// UnmarshalText reads 22:00.
func (c *clockTime) UnmarshalText(text []byte) error {
	t, err := time.Parse("15:04", strings.TrimSpace(string(text)))
	if err != nil {
		return phrase.Errorf("%q is not a time of the day: write 22:00", text)
	}
	*c = clockTime{true, time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute}
	return nil
}

// ConfWords implements conf.Worded.
func (clockTime) ConfWords() string { return "time of the day" }

// does are the things that a step does, in the words of the file.
func (s *step) does() (all []string) {
	for _, thing := range []struct {
		key string
		set bool
	}{
		{"say", s.Say != ""}, {"file", s.File != nil}, {"image", s.Image}, {"link", s.Link != nil}, {"raw", s.Raw != nil},
		{"revoke", s.Revoke}, {"join", len(s.Join) > 0}, {"join_by_qr", len(s.Scan) > 0}, {"leave", s.Leave},
		{"remove", len(s.Remove) > 0}, {"rename", s.Rename != ""}, {"friend_request", s.FriendRequest != ""}, {"quote", s.Quote != ""},
		{"card", s.Card != ""}, {"voice", s.Voice > 0}, {"request", s.Request != nil}, {"restart", s.Restart}, {"down", s.Down > 0},
	} {
		if thing.set {
			all = append(all, thing.key)
		}
	}
	return all
}

// belongs are the keys that a step has for itself: a test of several steps cannot have them.
func (s *step) belongs() (all []string) {
	all = s.does()
	for key, set := range map[string]bool{
		"after": s.After != 0, "at": s.At.set, "mention": len(s.Mention) > 0, "web": len(s.Web) > 0,
		"refuse": len(s.Refuse) > 0, "wait": s.Wait != 0, "expect": s.Expect.given,
	} {
		if set {
			all = append(all, key)
		}
	}
	slices.Sort(all)
	return all
}
