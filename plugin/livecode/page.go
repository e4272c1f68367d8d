package livecode

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"math/rand/v2"
	"net/http"
	"slices"

	"go.uber.org/zap"
)

// look is the page. It has no script, and loads nothing.
const look = `<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title><style>body{font-family:sans-serif;text-align:center;margin:2em}img{max-width:90vw;max-height:70vh}</style>
<h1>{{.Title}}</h1>{{if .Image}}<p><img alt="{{.Title}}" src="{{.Image}}">{{end}}<p>{{.Text}}</html>
`

// shown is what the page shows.
type shown struct {
	Title, Text string
	Image       template.URL
}

// cookieName is the name of the cookie with the group that a visitor has seen.
const cookieName = "livecode"

// mark names a group in a cookie, without its id.
func (l *livecode) mark(group string) string {
	sum := sha256.Sum256([]byte(l.c.Path + "\x00" + group))
	return hex.EncodeToString(sum[:8])
}

// page shows the code of a group. It asks nobody: what it shows was fetched before.
func (l *livecode) page(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	seen := ""
	if cookie, err := r.Cookie(cookieName); err == nil && l.c.Sticky > 0 {
		seen = cookie.Value
	}
	group, err := l.choose(r.Context(), seen)
	if err != nil {
		l.h.Logger().Error("a page could not be shown", zap.Error(err))
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	view := shown{Title: l.c.Title, Text: l.c.AllFull.Text, Image: inline(l.full)}
	switch {
	case l.hours != nil && !l.hours.Contains(l.h.Now()):
		view.Text, view.Image = l.c.Closed, ""
	case group != nil:
		if l.mark(group.Group) != seen && r.Method == http.MethodGet {
			l.shown(group)
		}
		view.Text, view.Image = l.c.Text, inline(group.Image)
		if l.c.Sticky > 0 && l.mark(group.Group) != seen {
			http.SetCookie(w, &http.Cookie{ //nolint:gosec // not Secure: HTTPS ends at a proxy, if there is any
				Name: cookieName, Value: l.mark(group.Group), Path: l.c.Path, MaxAge: int(l.c.Sticky.Seconds()), HttpOnly: true,
				SameSite: http.SameSiteLaxMode,
			})
		}
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'")
	if err := template.Must(template.New("page").Parse(look)).Execute(w, view); err != nil {
		l.h.Logger().Debug("a visitor has gone", zap.Error(err))
	}
}

// inline is a picture as a part of the page.
func inline(image []byte) template.URL {
	kind := http.DetectContentType(image)
	if !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind) {
		return ""
	}
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(image)) //nolint:gosec // it is a picture
}

// choose is the group that a visitor sees: the one of before as long as its code works, else one
// with room; nil if there is none.
func (l *livecode) choose(ctx context.Context, seen string) (*code, error) {
	now := l.h.Now()
	all, err := l.counted(ctx)
	if err != nil {
		return nil, err
	}
	var best *code
	room := 0
	for _, name := range l.c.Groups {
		c := code{Name: name}
		if _, err := l.h.Store().Get(ctx, key(name), &c); err != nil {
			return nil, err
		}
		switch {
		case !c.good(now) || !l.h.On(ctx, c.Account, ""):
		case seen != "" && seen == l.mark(c.Group):
			return &c, nil
		case c.Members >= l.c.Full, l.c.Scans > 0 && all[name].of(c.Fetched) >= l.c.Scans:
		case best == nil, l.c.Order == "least" && c.Members < best.Members,
			l.c.Order == "least_shown" && all[name].since("") < all[best.Name].since(""):
			best, room = &c, 1
		case l.c.Order == "random":
			if room++; rand.N(room) == 0 { //nolint:gosec // no secret
				best = &c
			}
		}
	}
	return best, nil
}
