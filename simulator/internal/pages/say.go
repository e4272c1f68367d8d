package pages

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// The bounds of a form with files, in bytes.
const (
	maxForm   = 64 << 20
	maxMemory = 8 << 20
)

// say is POST /chat/{account}/{chat}/say: a message of a person, as POST /sim/messages.
func (p *Pages) say(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseMultipartForm(maxMemory); err != nil && !errors.Is(err, http.ErrNotMultipart) { //nolint:gosec // bounded above
		p.fail(w, r, http.StatusBadRequest, fmt.Errorf("%s: %w", p.texts(r).T("say.form"), err))
		return
	}
	defer func() {
		if r.MultipartForm != nil {
			_ = r.MultipartForm.RemoveAll() // temporary files
		}
	}()
	p.World.Lock()
	a, chat, err := p.find(r)
	p.World.Unlock()
	if err != nil {
		p.fail(w, r, http.StatusNotFound, err)
		return
	}
	drafts, err := draftsOf(r)
	for i := 0; i < len(drafts) && err == nil; i++ {
		d := drafts[i]
		d.From, d.To, d.AppID = r.FormValue("as"), chat, a.AppID
		if world.IsGroup(chat) {
			d.AppID = ""
		} else if d.From != a.Wxid {
			d.To = a.Wxid
		}
		_, err = p.World.Post(d)
	}
	if err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	p.done(w, r)
}

// draftsOf returns the messages of a form: each file is one.
func draftsOf(r *http.Request) ([]message.Draft, error) {
	var drafts []message.Draft
	if r.MultipartForm != nil {
		for _, header := range r.MultipartForm.File["file"] {
			if header.Filename == "" {
				continue
			}
			d, err := fileDraft(r, header)
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, d...)
		}
	}
	if len(drafts) > 0 && strings.TrimSpace(r.FormValue("text")) == "" {
		return drafts, nil
	}
	d, err := draftOf(r)
	if err != nil {
		return nil, err
	}
	return append(drafts, d), nil
}

// fileDraft returns the messages of an uploaded file: a picture, a voice, a video, or a file that
// may be announced first.
func fileDraft(r *http.Request, header *multipart.FileHeader) ([]message.Draft, error) {
	f, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	file := &message.File{Name: path.Base(strings.ReplaceAll(header.Filename, `\`, "/")), Content: content}
	if content == nil {
		file.Content = []byte{}
	}
	kind := strings.ToLower(path.Ext(file.Name))
	switch {
	case r.FormValue("asfile") == "" && (kind == ".png" || kind == ".jpg" || kind == ".jpeg" || kind == ".gif"):
		return []message.Draft{{Kind: message.KindImage, File: file}}, nil
	case r.FormValue("asfile") == "" && (kind == ".mp3" || kind == ".silk" || kind == ".wav"):
		return []message.Draft{{Kind: message.KindVoice, File: file}}, nil
	case r.FormValue("asfile") == "" && (kind == ".mp4" || kind == ".m4v" || kind == ".mov" || kind == ".webm"):
		return []message.Draft{{Kind: message.KindVideo, File: file}}, nil
	}
	whole := message.Draft{Kind: message.KindFile, File: file}
	if r.FormValue("announce") == "" {
		return []message.Draft{whole}, nil
	}
	notice := message.Draft{Kind: message.KindFileNotice, File: &message.File{Name: file.Name, Size: int64(len(content))}}
	return []message.Draft{notice, whole}, nil
}

// draftOf returns the message that the fields of a form describe.
func draftOf(r *http.Request) (message.Draft, error) {
	text := func(name string) string { return strings.TrimSpace(r.FormValue(name)) }
	d := message.Draft{Kind: text("kind")}
	switch d.Kind {
	case "", message.KindText:
		d.Kind, d.Text = message.KindText, strings.ReplaceAll(r.FormValue("text"), "\r\n", "\n")
		if d.Text == "" {
			return d, errors.New(`"text" is empty`)
		}
		for _, id := range r.Form["at"] {
			if id != "" {
				d.At = append(d.At, id)
			}
		}
		if quote := number(r, "quote"); quote != 0 {
			d.Kind, d.Quote = message.KindQuote, quote
		}
	case message.KindFile, message.KindFileNotice:
		size, err := strconv.ParseInt(text("size"), 10, 64)
		if err != nil && text("size") != "" {
			return d, fmt.Errorf("the size %q is not a number of bytes", text("size"))
		}
		d.File = &message.File{Name: text("name"), Size: size}
	case message.KindLink:
		d.Link = &message.Link{Title: text("title"), Desc: text("desc"), URL: text("url")}
	case message.KindVoice, message.KindVideo:
		d.Seconds = number(r, "seconds")
	case message.KindCard:
		d.Card = text("card")
	case message.KindPat:
		d.Pat = text("pat")
	case message.KindRedPacket:
		d.Text = text("text")
	case message.KindLocation:
		lat, err := strconv.ParseFloat(text("lat"), 64)
		lng, err2 := strconv.ParseFloat(text("lng"), 64)
		if err := errors.Join(err, err2); err != nil {
			return d, errors.New("a place needs two numbers of degrees, such as 31.23 and 121.47")
		}
		d.Location = &message.Location{Lat: lat, Lng: lng, Label: text("label"), Name: text("name")}
	case message.KindMiniProgram:
		d.MiniProgram = &message.MiniProgram{Title: text("title"), Name: text("name"), AppID: text("app_id"), Page: text("page")}
	case message.KindRaw:
		d.MsgType, d.Content = int(number(r, "msg_type")), r.FormValue("content")
	}
	return d, nil
}

// act is POST /chat/{account}/{chat}/act: what a person does, as POST /sim/actions.
func (p *Pages) act(w http.ResponseWriter, r *http.Request) {
	p.World.Lock()
	a, chat, err := p.find(r)
	p.World.Unlock()
	if err != nil {
		p.fail(w, r, http.StatusNotFound, err)
		return
	}
	if err := r.ParseForm(); err != nil {
		p.fail(w, r, http.StatusBadRequest, err)
		return
	}
	action := world.Action{
		Do: r.FormValue("do"), From: r.FormValue("as"), Text: strings.TrimSpace(r.FormValue("text")), AppID: a.AppID, Seq: number(r, "seq"),
	}
	if world.IsGroup(chat) {
		action.Group = chat
	}
	if group := r.FormValue("group"); group != "" {
		action.Group = group
	}
	for _, id := range r.Form["who"] {
		if id != "" {
			action.Who = append(action.Who, id)
		}
	}
	if action.Do == world.DoDisband || action.Do == world.DoRevoke {
		action.From = ""
	}
	if _, err := p.World.Perform(action); err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	p.done(w, r)
}

// again is POST /chat/{account}/{chat}/again: the callback of a message again.
func (p *Pages) again(w http.ResponseWriter, r *http.Request) {
	if err := p.World.Again(number(r, "seq")); err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	p.done(w, r)
}
