package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/goccy/go-yaml"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// worldOf returns the world of who exists.
func worldOf(e world.Everyone) *World {
	w := &World{}
	for _, a := range e.Accounts {
		w.Accounts = append(w.Accounts, Account{
			AppID: a.AppID, Wxid: a.Wxid, Nickname: a.Nickname, Offline: a.Offline, Friends: append([]string{}, a.Friends...),
			Groups: append([]string{}, a.Groups...),
		})
	}
	for _, c := range e.Contacts {
		w.Contacts = append(w.Contacts, Contact(c))
	}
	for _, g := range e.Groups {
		group := Group{ID: g.ID, Name: g.Name, Owner: g.Owner, Admins: g.Admins}
		for _, m := range g.Members {
			group.Members = append(group.Members, Member(m))
		}
		w.Groups = append(w.Groups, group)
	}
	return w
}

// file returns a world in the form of a file, with nothing that LoadWorld would have to add.
func (w *World) file() *worldFile {
	f := &worldFile{}
	for _, a := range w.Accounts {
		f.Accounts = append(f.Accounts, accountFile{
			AppID: a.AppID, Wxid: a.Wxid, Nickname: a.Nickname, Friends: a.Friends, Groups: a.Groups,
		})
		if online := false; a.Offline {
			f.Accounts[len(f.Accounts)-1].Online = &online
		}
	}
	for _, c := range w.Contacts {
		f.Contacts = append(f.Contacts, contactFile(c))
	}
	for _, g := range w.Groups {
		group := groupFile{ID: g.ID, Name: g.Name, Owner: g.Owner, Admins: g.Admins}
		for _, m := range g.Members {
			group.Members = append(group.Members, memberFile{m})
		}
		f.Groups = append(f.Groups, group)
	}
	return f
}

// saveWorld returns who exists as the YAML that LoadWorld reads.
func (s *Simulator) saveWorld() ([]byte, error) {
	s.life.Lock()
	w := worldOf(s.world.Everyone())
	s.life.Unlock()
	text, err := yaml.MarshalWithOptions(w.file(), yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("simulator: world: %w", err)
	}
	return text, nil
}

// loadWorld replaces who exists by a file.
func (s *Simulator) loadWorld(r io.Reader) error {
	w, err := LoadWorld(r)
	if err != nil {
		return err
	}
	s.useWorld(w)
	return nil
}

// resetWorld brings back who existed at first.
func (s *Simulator) resetWorld() error {
	s.useWorld(s.config.World)
	return nil
}

// useWorld replaces who exists by a valid world.
func (s *Simulator) useWorld(w *World) {
	c := w.begin(world.Config{})
	s.life.Lock()
	defer s.life.Unlock()
	s.world.Replace(world.Everyone{Accounts: c.Accounts, Contacts: c.Contacts, Groups: c.Groups})
}

// editWorld changes who exists, if the result is a valid world.
func (s *Simulator) editWorld(change func(*world.Everyone) error) error {
	s.life.Lock()
	defer s.life.Unlock()
	e := s.world.Everyone()
	if err := change(&e); err != nil {
		return err
	}
	if err := worldOf(e).check(); err != nil {
		return err
	}
	s.world.Replace(e)
	return nil
}

// getWorld is GET /sim/world: who exists, as a file.
func (s *Simulator) getWorld(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r, "format")
	format := q.values.Get("format")
	if q.err == nil && format != "" && format != "yaml" && format != "json" {
		q.err = fmt.Errorf(`"format" is yaml or json, not %q`, format)
	}
	text, err := s.saveWorld()
	if q.err == nil && err == nil && format == "json" {
		text, err = yaml.YAMLToJSON(text)
	}
	switch {
	case q.err != nil:
		fail(w, http.StatusBadRequest, q.err)
		return
	case err != nil:
		fail(w, http.StatusInternalServerError, err)
		return
	case format == "json":
		w.Header().Set("Content-Type", "application/json")
	default:
		w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="world.yaml"`)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(text)
}

// putWorld is PUT /sim/world: a file replaces who exists.
func (s *Simulator) putWorld(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSeed+1))
	if err == nil && len(readQuery(r).values) > 0 {
		err = errors.New("PUT takes no parameters: the body is the file")
	}
	if err == nil {
		err = s.loadWorld(bytes.NewReader(text))
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	s.answerCounts(w)
}

// deleteWorld is DELETE /sim/world: who existed at first is back.
func (s *Simulator) deleteWorld(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("DELETE brings back the world of the start, and takes no parameters"))
		return
	}
	_ = s.resetWorld() // it was valid at the start
	s.answerCounts(w)
}

// answerCounts answers with how many exist.
func (s *Simulator) answerCounts(w http.ResponseWriter) {
	s.life.Lock()
	defer s.life.Unlock()
	people := &s.world.People
	endpoint.WriteJSON(w, http.StatusOK, map[string]int{
		"accounts": len(people.Accounts), "contacts": len(people.Contacts), "groups": len(people.Groups),
	})
}
