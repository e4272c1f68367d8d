package signup

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// numbered is a line of a list that WeChat has made.
var numbered = regexp.MustCompile(`^\s*(\d{1,3})\s*[.．、]\s*(\S.*?)\s*$`)

// Native reads a list that WeChat has made, which is a text: "#接龙", a title, and numbered lines.
func Native(text string) (title string, names []string) {
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if m := numbered.FindStringSubmatch(line); m != nil {
			if name := plugin.CleanName(m[2], ""); name != "" && !slices.Contains(names, name) && len(names) < maxItems {
				names = append(names, name)
			}
			continue
		}
		if i == 0 {
			line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(line, "#")), "接龙"))
		}
		if title == "" && line != "" && !strings.HasPrefix(line, "例") {
			title = plugin.CleanText(line, maxTitle)
		}
	}
	return title, names
}

// native takes over a list that WeChat has made. It has all lines, so those that an earlier one had
// and it has not are gone. The bot posts nothing: people see the list already.
func (p *list) native(c *router.Context, m *xmlmsg.Text) error {
	if len(m.Body) > maxNative || p.over(c) {
		return router.Next
	}
	title, names := Native(c.Said())
	if len(names) == 0 {
		return router.Next
	}
	if title == "" {
		title = "接龙"
	}
	r, err := p.change(c, func(r roll) (roll, error) {
		if !r.open() {
			if !(plugin.Scope{From: p.c.MayStart}).Handles(c, p.h) {
				return r, errNoRoll
			}
			r = roll{ID: c.Event.Key(), By: c.Sender(), Title: title}
		}
		known := map[string]bool{}
		for i := range r.Items {
			it := &r.Items[i]
			if it.Native {
				it.Gone = !slices.Contains(names, it.Name)
			}
			known[it.Name] = known[it.Name] || !it.Gone
		}
		for _, name := range names {
			if !known[name] && len(r.Items) < maxItems {
				r.Items = append(r.Items, item{N: len(r.Items) + 1, Name: name, People: 1, Native: true, At: plugin.Written(c)})
			}
		}
		return r, nil
	})
	switch {
	case errors.Is(err, errNoRoll):
		return router.Next
	case err != nil:
		return err
	}
	return p.changed(c, r, false)
}
