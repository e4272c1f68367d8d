package app

import (
	"fmt"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/wxid"
)

// allow says whom the bot, or an account of it, listens to.
type allow struct {
	Everyone bool     `yaml:"everyone"`
	Groups   []string `yaml:"groups" of:"chats"`
	People   []string `yaml:"people" of:"people"`
	Admins   []string `yaml:"admins" of:"people"`

	FriendRequests *bool `yaml:"friend_requests"`

	Listen struct {
		AllGroups bool     `yaml:"all_groups"`
		AllPeople bool     `yaml:"all_people"`
		Groups    []string `yaml:"groups" of:"chats"`
		People    []string `yaml:"people" of:"people"`
	} `yaml:"listen"`
}

func (a *allow) config() bot.Allow {
	return bot.Allow{
		Everyone: a.Everyone, Groups: a.Groups, People: a.People, Admins: a.Admins,
		NoRequests: a.FriendRequests != nil && !*a.FriendRequests,
		Listen: bot.Listen{
			AllGroups: a.Listen.AllGroups, AllPeople: a.Listen.AllPeople, Groups: a.Listen.Groups, People: a.Listen.People,
		},
	}
}

// checkIDs reports names in place of ids: nothing would ever match them.
func (a *allow) checkIDs(path string, mistake func(path string, err error)) {
	checkGroups(path+".groups", a.Groups, path+".people", mistake)
	checkPeople(path+".people", a.People, path+".groups", mistake)
	checkPeople(path+".admins", a.Admins, path+".groups", mistake)
	checkGroups(path+".listen.groups", a.Listen.Groups, path+".listen.people", mistake)
	checkPeople(path+".listen.people", a.Listen.People, path+".listen.groups", mistake)
}

// checkGroups reports what is not the id of a group; others is where people belong.
func checkGroups(path string, ids []string, others string, mistake func(path string, err error)) {
	for i, id := range ids {
		switch at := fmt.Sprintf("%s[%d]", path, i); {
		case !wxid.Valid(id):
			mistake(at, fmt.Errorf("%q is not the id of a group: hongyan groups lists them", id))
		case !callback.IsGroup(id):
			mistake(at, fmt.Errorf("%q is not the id of a group, which ends in @chatroom: list people in %s", id, others))
		}
	}
}

// checkPeople reports what is not a wxid; others is where groups belong.
func checkPeople(path string, ids []string, others string, mistake func(path string, err error)) {
	for i, id := range ids {
		switch at := fmt.Sprintf("%s[%d]", path, i); {
		case !wxid.Valid(id):
			mistake(at, fmt.Errorf("%q is not a wxid: hongyan contacts lists them", id))
		case callback.IsGroup(id):
			mistake(at, fmt.Errorf("%q is the id of a group: list it in %s", id, others))
		}
	}
}

// block drops what some people say, whichever list an account has.
func (f *File) block(people []string) {
	f.Bot.Allow.Blocked = people
	for _, a := range f.Bot.Accounts {
		if a.Allow != nil {
			a.Allow.Blocked = people
		}
	}
}
