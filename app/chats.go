package app

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
)

// rulesName is the name of the plugin of the rules.
const rulesName = "rules"

// tagPrefix begins the names of tags in the section chats.
const tagPrefix = "tag:"

// chat says what is on in a chat, or in all chats with a tag.
type chat struct {
	Plugins []string `yaml:"plugins" help:"The plugins that are on here, and no others: their names, rules, or all."`
	Not     []string `yaml:"not" help:"Plugins that are off here: their names, rules, or all."`
	Tags    []string `yaml:"tags" help:"Words by which other entries mean the chat: tag:WORD."`

	QuietHours *outbox.Window `yaml:"quiet_hours" help:"The part of the day in which nothing but answers goes here: 22:00-08:00."`

	pluginsAt, notAt string // where the lists are: bot.yaml:12
}

// quietHours is the plugin of the quiet hours of chats.
type quietHours struct{ chats map[string]outbox.Window }

// quietHoursName is its name.
const quietHoursName = "quiet_hours"

// quietOf are the quiet hours of a file; those of a tag are for its chats without their own.
func quietOf(chats map[string]chat) map[string]outbox.Window {
	all := map[string]outbox.Window{}
	for id, own := range chats {
		if strings.HasPrefix(id, tagPrefix) {
			continue
		}
		w := own.QuietHours
		for _, tag := range own.Tags {
			if w == nil {
				w = chats[tagPrefix+tag].QuietHours
			}
		}
		if w != nil && w.From != w.To {
			all[id] = *w
		}
	}
	return all
}

func (q *quietHours) Name() string { return quietHoursName }

func (q *quietHours) Setup(h *bot.Handle) error { return h.QuietHours(q.chats) }

func (q *quietHours) Close() error { return nil }

// checkChats reports names of plugins that there are not, or that the file has no section for, and
// tags that no chat has.
func (s *schema) checkChats(d *conf.Document) {
	has := []string{plugin.All, rulesName}
	for _, e := range s.Plugins.read {
		has = append(has, e.Name)
	}
	tags := map[string]bool{}
	for _, c := range s.Chats {
		for _, tag := range c.Tags {
			tags[tagPrefix+tag] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Chats)) {
		at, c := "chats."+name, s.Chats[name]
		if w := c.QuietHours; w != nil && w.To-w.From == 24*time.Hour {
			d.Mistake(at+".quiet_hours", errors.New("the whole day is quiet: nothing proactive would ever go there; leave some of it"))
		}
		if strings.HasPrefix(name, tagPrefix) && !tags[name] {
			d.Mistake(at, phrase.Errorf("no chat has the tag%s: write tags: [%s] for one", suggest.Hint(name,
				slices.Sorted(maps.Keys(tags))),
				strings.TrimPrefix(name, tagPrefix)))
		}
		for key, list := range map[string][]string{"plugins": c.Plugins, "not": c.Not} {
			for i, word := range list {
				base, _, _ := strings.Cut(word, ":")
				if slices.Contains(has, base) {
					continue
				}
				at := fmt.Sprintf("%s.%s[%d]", at, key, i)
				if err := s.unknown(word); err != nil {
					d.Mistake(at, err)
				} else if key == "plugins" { // what has no section is off everywhere
					d.Caution(at, phrase.Errorf("the file has no section for the plugin, so it is on nowhere: write plugins: {%s: …}; "+
						"hongyan plugins show %s has an example", base, base))
				}
			}
		}
	}
}

// expandTags puts the chats with a tag in the place of tag:WORD in lists of chats.
func (s *schema) expandTags(d *conf.Document) {
	tagged := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(s.Chats)) {
		for _, tag := range s.Chats[name].Tags {
			tagged[tagPrefix+tag] = append(tagged[tagPrefix+tag], name)
		}
	}
	expand := func(path, of, text string) []string {
		switch {
		case of != ofChats || !strings.HasPrefix(text, tagPrefix):
			return []string{text}
		case len(tagged[text]) == 0:
			d.Mistake(path, phrase.Errorf("no chat has the tag%s: write tags: [%s] for one in chats",
				suggest.Hint(text, slices.Sorted(maps.Keys(tagged))), strings.TrimPrefix(text, tagPrefix)))
			return []string{text}
		}
		return tagged[text]
	}
	conf.Expand("", s, expand)
	for i := range s.Plugins.read {
		conf.Expand(s.Plugins.read[i].Path, s.Plugins.read[i].Config, expand)
	}
}

// place is where the section chats has a plugin on and off.
type place struct{ in, notIn []string }

// placeOf is the place of a plugin.
func placeOf(chats map[string]chat, name string) (p place) {
	for _, id := range slices.Sorted(maps.Keys(chats)) {
		switch on, at := decided(chats, id, name); {
		case at == "" || strings.HasPrefix(id, tagPrefix):
		case on:
			p.in = append(p.in, id)
		default:
			p.notIn = append(p.notIn, id)
		}
	}
	return p
}

// decided is what the section chats says of a plugin in a chat, and where; the place is empty if it
// says nothing of it. The tags of a chat have no say in its plugins if it has a list of its own.
func decided(chats map[string]chat, id, name string) (on bool, at string) {
	own := chats[id]
	entries := []chat{own}
	for _, tag := range own.Tags {
		entries = append(entries, chats[tagPrefix+tag])
	}
	for i := range entries {
		if means(entries[i].Not, name) {
			return false, entries[i].notAt
		}
	}
	if len(own.Plugins) > 0 {
		entries = entries[:1]
	}
	for i := range entries {
		switch {
		case means(entries[i].Plugins, name):
			return true, entries[i].pluginsAt
		case at == "" && len(entries[i].Plugins) > 0:
			at = entries[i].pluginsAt
		}
	}
	return false, at
}

// placeChats notes where the lists of the section chats are.
func (s *schema) placeChats(d *conf.Document) {
	for name, c := range s.Chats {
		c.pluginsAt, c.notAt = d.Place("chats."+name+".plugins"), d.Place("chats."+name+".not")
		s.Chats[name] = c
	}
}

// says is the place in the file that says whether a plugin is on in a chat, without its directory:
// in the section chats, or in that of the plugin.
func (f *File) says(name, chat string) string {
	_, at := decided(f.chats, chat, name)
	if at == "" && name == rulesName {
		at = f.place(rulesName)
	}
	for _, e := range f.Plugins {
		if at == "" && e.plugin == name {
			at = f.place(e.Path + ".in")
		}
	}
	if at == "" {
		return ""
	}
	return filepath.Base(at)
}

// means reports whether a list means a plugin: "welcome" means "welcome:shop", too.
func means(list []string, name string) bool {
	base, _, _ := strings.Cut(name, ":")
	return slices.Contains(list, plugin.All) || slices.Contains(list, name) || slices.Contains(list, base)
}

// placed is a plugin with what the section chats says of it.
type placed struct {
	bot.Plugin
	place place
}

// put gives a plugin its place.
func (p place) put(made bot.Plugin) bot.Plugin {
	if len(p.in)+len(p.notIn) == 0 {
		return made
	}
	return &placed{made, p}
}

// Scope implements bot.Scoped.
func (p *placed) Scope() bot.Scope {
	s := bot.Scope{Everywhere: true}
	if own, ok := p.Plugin.(bot.Scoped); ok {
		s = own.Scope()
	}
	if off, ok := p.Plugin.(interface{ Enabled() bool }); ok && !off.Enabled() {
		return s
	}
	s.In, s.NotIn = slices.Concat(s.In, p.place.in), slices.Concat(s.NotIn, p.place.notIn)
	return s
}
