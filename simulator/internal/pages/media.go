package pages

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// media fills in where the bytes of a message are, or why there are none. The caller holds the
// lock.
func (p *Pages) media(c *web.Card, t *lang.Printer, e *world.Entry, payload xmlmsg.Payload) {
	address := "/media/" + strconv.FormatInt(e.Seq, 10)
	var cdnID, madeUp string
	switch m := payload.(type) {
	case *xmlmsg.Image:
		c.Picture = address
		return
	case *xmlmsg.Voice:
		cdnID, madeUp = m.VoiceURL, "media.voice"
	case *xmlmsg.Video:
		cdnID, madeUp = m.CDNVideoURL, "media.video"
	default:
		return
	}
	_, given := p.World.Given(cdnID)
	switch _, isVoice := payload.(*xmlmsg.Voice); {
	case !given && e.Endpoint != "":
		c.Why = t.T("media.bot")
	case !given:
		c.Why = t.T(madeUp)
	case isVoice && p.World.Voices.ToWAV == nil:
		c.Why = t.T("media.silk")
	default:
		c.Media = address
	}
}

// bytesOf is GET /media/{seq}: a picture, a video, or a voice as WAV.
func (p *Pages) bytesOf(w http.ResponseWriter, r *http.Request) {
	seq, err := strconv.ParseInt(chi.URLParam(r, "seq"), 10, 64)
	p.World.Lock()
	e, ok := p.World.Messages.At(seq)
	var payload xmlmsg.Payload
	var content []byte
	var given bool
	if err == nil && ok {
		switch m := payloadOf(e).(type) {
		case *xmlmsg.Image:
			payload = m
		case *xmlmsg.Voice:
			payload = m
			content, given = p.World.Given(m.VoiceURL)
		case *xmlmsg.Video:
			payload = m
			content, given = p.World.Given(m.CDNVideoURL)
		}
	}
	p.World.Unlock()
	switch m := payload.(type) {
	case *xmlmsg.Image:
		p.picture(w, r, e, m)
		return
	case *xmlmsg.Voice:
		if given && p.World.Voices.ToWAV != nil {
			if content, err = p.World.Voices.ToWAV(content); err != nil {
				http.Error(w, err.Error(), http.StatusUnsupportedMediaType)
				return
			}
			w.Header().Set("Content-Type", "audio/wav")
			http.ServeContent(w, r, "", e.When(), bytes.NewReader(content))
			return
		}
	case *xmlmsg.Video:
		if given {
			kind := "video/mp4"
			if found := http.DetectContentType(content); strings.HasPrefix(found, "video/") {
				kind = found
			}
			w.Header().Set("Content-Type", kind)
			http.ServeContent(w, r, "", e.When(), bytes.NewReader(content))
			return
		}
	}
	http.NotFound(w, r)
}

// picture answers with the bytes of a picture, which may be made up.
func (p *Pages) picture(w http.ResponseWriter, r *http.Request, e *world.Entry, m *xmlmsg.Image) {
	p.World.Lock()
	name := p.World.Bodies[m.CDNMidURL]
	p.World.Unlock()
	if name == "" {
		http.NotFound(w, r)
		return
	}
	kind, content := p.World.ContentOf(name, "jpg", m.Length)
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", e.When(), content)
}
