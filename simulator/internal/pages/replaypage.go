package pages

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/replay"
)

// replayView is what the page "replay" shows.
type replayView struct {
	Name, URL string
	Account   string
	Jumps     bool // the clock can be set ahead
	State     replayState
	Curl      string
}

// replayState is how far a recording was played.
type replayState struct {
	replay.State
	Chats []chatLink
}

// replayPage is GET /chat/{account}/{chat}/replay.
func (p *Pages) replayPage(w http.ResponseWriter, r *http.Request) {
	p.World.Lock()
	a, chat, err := p.find(r)
	var name string
	if err == nil {
		name = p.chatName(chat)
	}
	p.World.Unlock()
	if err != nil {
		p.fail(w, r, http.StatusNotFound, err)
		return
	}
	v := replayView{
		Name: name, URL: chatURL(a.AppID, chat), Account: a.AppID, Jumps: p.Advance != nil,
		Curl: "curl --data-binary @recording.jsonl " + shell(p.root()+"/sim/replay?into="+chat),
	}
	stream := p.stream("replay")
	v.State = p.replayState()
	p.render(w, r, a.AppID, web.Page{
		Name: "replay", Title: p.texts(r).T("replay.title", name), Nav: "chat", Data: v, Stream: stream,
	})
}

// replayState returns how far the last recording was played. It takes the lock.
func (p *Pages) replayState() replayState {
	v := replayState{State: p.Player.State()}
	p.World.Lock()
	defer p.World.Unlock()
	for _, chat := range v.State.Chats {
		for _, a := range p.World.People.Accounts {
			if p.World.People.Knows(a, chat) {
				v.Chats = append(v.Chats, chatLink{Name: p.chatName(chat), URL: chatURL(a.AppID, chat)})
				break
			}
		}
	}
	return v
}

// startReplay is POST /chat/{account}/{chat}/replay, as POST /sim/replay.
func (p *Pages) startReplay(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseMultipartForm(maxMemory); err != nil { //nolint:gosec // bounded above
		p.fail(w, r, http.StatusBadRequest, fmt.Errorf("%s: %w", p.texts(r).T("say.form"), err))
		return
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // temporary files
	p.World.Lock()
	a, chat, err := p.find(r)
	if err == nil && r.FormValue("where") == "own" {
		chat = ""
	}
	p.World.Unlock()
	if err != nil {
		p.fail(w, r, http.StatusNotFound, err)
		return
	}
	text, err := joined(r.MultipartForm.File["recording"])
	if err == nil && len(text) == 0 {
		err = errors.New(p.texts(r).T("replay.nofile"))
	}
	var recording *replay.Recording
	if err == nil {
		recording, err = replay.Read(text)
	}
	if err == nil {
		options := replay.Options{Into: chat, AppID: a.AppID, Gaps: r.FormValue("gaps")}
		_, err = p.Player.Start(recording, options) //nolint:contextcheck // it goes on after the request
	}
	if err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	http.Redirect(w, r, p.back(r), http.StatusSeeOther) //nolint:gosec // Back stays on this site
}

// joined returns the files of a recording as one, in the order of their names, which is that of
// time.
func joined(files []*multipart.FileHeader) ([]byte, error) {
	slices.SortStableFunc(files, func(x, y *multipart.FileHeader) int { return strings.Compare(x.Filename, y.Filename) })
	var all bytes.Buffer
	for _, header := range files {
		f, err := header.Open()
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(&all, f)
		_ = f.Close() // it was only read
		if err != nil {
			return nil, err
		}
		all.WriteByte('\n')
	}
	return bytes.TrimSpace(all.Bytes()), nil
}

// stopReplay is POST /replay/stop, as DELETE /sim/replay.
func (p *Pages) stopReplay(w http.ResponseWriter, r *http.Request) {
	p.Player.Stop()
	http.Redirect(w, r, p.back(r), http.StatusSeeOther) //nolint:gosec // Back stays on this site
}

// publishReplay publishes how far a recording was played.
func (p *Pages) publishReplay() {
	p.hub.Publish(web.Change{Topic: "replay", Key: "replay", Render: func(l lang.Lang) string {
		return p.changeOf(l, "replay", "replaychange", p.replayState())
	}})
}
