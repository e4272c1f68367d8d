package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/wxid"
	"github.com/hongyan-go/hongyan/plugin"
)

// allow says whom the bot, or an account of it, listens to.
type allow struct {
	Everyone bool     `yaml:"everyone"`
	Groups   []string `yaml:"groups" of:"chats"`
	People   []string `yaml:"people" of:"people"`
	Admins   []string `yaml:"admins" of:"people"`

	FriendRequests *bool `yaml:"friend_requests"`

	Listen struct {
		AllGroups bool `yaml:"all_groups"`
		AllPeople bool `yaml:"all_people"`
		chatLists
	} `yaml:"listen"`
}

// chatLists are groups, and people in private.
type chatLists struct {
	Groups []string `yaml:"groups" of:"chats"`
	People []string `yaml:"people" of:"people"`
}

// allowed are the lists of an account; nil if it has none of its own. listen and answer are a short
// form of allow.
func (a *account) allowed() *allow {
	if a.Listen == nil && a.Answer == nil {
		return a.Allow
	}
	own := &allow{}
	if a.Answer != nil {
		own.Groups, own.People = a.Answer.Groups, a.Answer.People
	}
	if a.Listen != nil {
		own.Listen.chatLists = *a.Listen
	}
	return own
}

func (a *allow) config() bot.Allow {
	groups, allGroups := without(a.Groups, plugin.All)
	people, allPeople := without(a.People, plugin.All, allFriends)
	heardGroups, hearsGroups := without(a.Listen.Groups, plugin.All)
	heardPeople, hearsPeople := without(a.Listen.People, plugin.All, allFriends)
	return bot.Allow{
		Everyone: a.Everyone, Groups: groups, People: people, Admins: a.Admins, AllGroups: allGroups, AllPeople: allPeople,
		NoRequests: a.FriendRequests != nil && !*a.FriendRequests,
		Listen: bot.Listen{
			AllGroups: a.Listen.AllGroups || hearsGroups, AllPeople: a.Listen.AllPeople || hearsPeople,
			Groups: heardGroups, People: heardPeople,
		},
	}
}

// allFriends is the word for all people who can write in private.
const allFriends = "friends"

// without is a list without words that mean all, and whether it has one of them.
func without(list []string, words ...string) (rest []string, all bool) {
	for _, name := range list {
		if slices.Contains(words, name) {
			all = true
		} else {
			rest = append(rest, name)
		}
	}
	return rest, all
}

// checkIDs reports names in place of ids: nothing would ever match them.
func (a *allow) checkIDs(path string, mistake func(path string, err error)) {
	checkGroups(path+".groups", a.Groups, path+".people", mistake)
	checkPeople(path+".people", a.People, path+".groups", mistake)
	checkPeople(path+".admins", a.Admins, path+".groups", mistake)
	a.Listen.checkIDs(path+".listen", mistake)
}

func (l *chatLists) checkIDs(path string, mistake func(path string, err error)) {
	if l == nil {
		return
	}
	checkGroups(path+".groups", l.Groups, path+".people", mistake)
	checkPeople(path+".people", l.People, path+".groups", mistake)
}

// checkGroups reports what is not the id of a group; others is where people belong.
func checkGroups(path string, ids []string, others string, mistake func(path string, err error)) {
	for i, id := range ids {
		switch at := fmt.Sprintf("%s[%d]", path, i); {
		case id == plugin.All:
		case !wxid.Valid(id):
			mistake(at, phrase.Errorf("%q is not the id of a group: hongyan groups lists them", id))
		case !callback.IsGroup(id):
			mistake(at, phrase.Errorf("%q is not the id of a group, which ends in @chatroom: list people in %s", id, others))
		}
	}
}

// checkPeople reports what is not a wxid; others is where groups belong.
func checkPeople(path string, ids []string, others string, mistake func(path string, err error)) {
	for i, id := range ids {
		switch at := fmt.Sprintf("%s[%d]", path, i); {
		case slices.Contains([]string{plugin.All, allFriends}, id):
			if strings.HasSuffix(path, ".admins") {
				mistake(at, errors.New("not everybody may do what administrators may: name them"))
			}
		case !wxid.Valid(id):
			mistake(at, phrase.Errorf("%q is not a wxid: hongyan contacts lists them", id))
		case callback.IsGroup(id):
			mistake(at, phrase.Errorf("%q is the id of a group: list it in %s", id, others))
		}
	}
}

// block drops what some people say, whichever list an account has.
func (f *File) block(people []string) {
	f.eachAllow(func(a *bot.Allow) { a.Blocked = people })
}

// hear lets the private messages of some people pass, whichever list an account has.
func (f *File) hear(people []string) {
	f.eachAllow(func(a *bot.Allow) { a.Operators = people })
}

func (f *File) eachAllow(change func(*bot.Allow)) {
	change(&f.Bot.Allow)
	for _, a := range f.Bot.Accounts {
		if a.Allow != nil {
			change(a.Allow)
		}
	}
}

// isTarget reports whether a path is that of a chat to which something is to be sent:
// rules[2].forward.to[0], plugins.alerts.to.critical[0].
func isTarget(path string) bool {
	for part := range strings.SplitSeq(path, ".") {
		if key, _, _ := strings.Cut(part, "["); key == "to" {
			return true
		}
	}
	return false
}
