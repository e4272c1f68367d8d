package main

import (
	"cmp"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/doctor"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// statusCmd prints the state of an account.
type statusCmd struct {
	accountFlags
}

// status is the state of an account as --json prints it.
type status struct {
	AppID    string         `json:"appId"`
	Online   bool           `json:"online"`
	Wxid     string         `json:"wxid,omitempty"`
	Nickname string         `json:"nickname,omitempty"`
	Type     api.DeviceType `json:"type,omitempty"`
	Since    time.Time      `json:"since,omitzero"` // of the last login that was made here
	First    time.Time      `json:"first,omitzero"` // of the first
	Callback string         `json:"callback,omitempty"`
	Note     phrase.Text    `json:"note,omitzero"`
	Needs    []doctor.Need  `json:"needs,omitempty"` // what waits for a person, of all accounts
}

// Run asks the service, and prints what the store remembers. It fails if the account is offline; if
// a person has to decide about something, the exit code is exitPerson.
func (cmd *statusCmd) Run(c console) error {
	return cmd.with(c, func(a *account) error {
		needs, err := doctor.Needs(c.ctx, a.store, a.settings.Data)
		if err != nil {
			return err
		}
		online, err := a.client.Login.CheckOnline(c.ctx, a.appID)
		if err != nil && !errors.Is(err, api.ErrOffline) {
			if !cmd.JSON {
				tellNeeds(c, needs)
			}
			return err
		}
		registered, err := bot.LastRegistration(c.ctx, a.store.State())
		if err != nil {
			return err
		}
		d := a.device
		s := status{
			AppID: a.appID, Online: online, Wxid: d.Wxid, Nickname: d.Nickname, Type: d.Type, Since: d.Last, First: d.First,
			Callback: cmp.Or(registered.Host, a.settings.Callback.PublicURL), Needs: needs,
		}
		switch {
		case !online && d.FirstNight(c.time()):
			s.Note = firstNight()
		case !online:
			s.Note = phrase.New("log in again: hongyan login --app-id %s", a.appID)
		}
		err = cmd.print(c, s, func() error { s.tell(c); return nil })
		switch {
		case err == nil && !online:
			return quietError{}
		case err == nil && len(needs) > 0:
			return quietError{exitPerson}
		}
		return err
	})
}

// firstNight explains the only logout that is expected.
func firstNight() phrase.Text {
	return phrase.New("a new device is thrown out once in the night after its first login: run hongyan login again, with the same device")
}

func (s status) tell(c console) {
	state := "online"
	if !s.Online {
		state = "offline"
	}
	c.tell("%s  %v", s.AppID, phrase.Word(state))
	if s.Wxid != "" {
		c.tell("account   %s (%s), %s", s.Nickname, s.Wxid, s.Type)
		c.tell("logged in %s, first %s", s.Since.Format(time.DateTime), s.First.Format(time.DateTime))
	}
	if s.Callback == "" {
		c.tell("callback  none is known here: hongyan callback set URL")
	} else {
		c.tell("callback  %s", s.Callback)
	}
	if !s.Note.IsZero() {
		c.tell("%v", s.Note)
	}
	tellNeeds(c, s.Needs)
}
