package schedule

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
)

const (
	maxEntries = 500 // of a feed, and that are remembered
	maxTitle   = 100 // characters
)

// entry is an article of a feed.
type entry struct {
	Title string `xml:"title"`
	ID    string `xml:"id"`   // Atom
	GUID  string `xml:"guid"` // RSS
	Links []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"` // Atom
		Text string `xml:",chardata"` // RSS
	} `xml:"link"`
	Enclosures []picture `xml:"enclosure"` // RSS
	Media      []picture `xml:"content"`   // Media RSS
	Thumbnails []picture `xml:"thumbnail"` // Media RSS
	Text       string    `xml:"description"`
}

// feed is RSS 2.0, RSS 1.0 or Atom.
type feed struct {
	RSS  []entry `xml:"channel>item"`
	RDF  []entry `xml:"item"`
	Atom []entry `xml:"entry"`
}

// readFeed reads the entries of a feed, the newest first as feeds have them.
func readFeed(body []byte) ([]entry, error) {
	var f feed
	if err := xml.NewDecoder(bytes.NewReader(body)).Decode(&f); err != nil {
		return nil, phrase.Errorf("schedule: fetch: the answer is not a feed in UTF-8 (RSS or Atom): %w", err)
	}
	all := slices.Concat(f.RSS, f.RDF, f.Atom)
	return all[:min(len(all), maxEntries)], nil
}

// link is where an article is; empty if that is no web page.
func (e *entry) link() string {
	for _, l := range e.Links {
		to := strings.TrimSpace(l.Href + l.Text)
		if strings.ContainsFunc(to, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
			continue // it would say something else beside the link
		}
		if (l.Rel == "" || l.Rel == "alternate") && (strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://")) {
			return to
		}
	}
	return ""
}

// key identifies an article.
func (e *entry) key() string {
	id := strings.TrimSpace(e.ID + e.GUID)
	if id == "" {
		id = e.link() + " " + e.Title
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8])
}

// keySeen is the key of the articles of the feed that are known, the newest first.
const keySeen = "feed"

// news are the articles of a feed that are new, as a text, and what is known then.
type news struct {
	Text    string
	Picture string // the address of that of the first article; empty if there is none
	Known   []string
}

// news reads a feed. The first reading has no news: what was there before is none.
func (p *part) news(ctx context.Context, body []byte) (n news, err error) {
	all, err := readFeed(body)
	if err != nil {
		return n, err
	}
	var known []string
	began, err := p.h.Store().Get(ctx, keySeen, &known)
	if err != nil {
		return n, err //nolint:wrapcheck // it names the value
	}
	var lines, keys []string
	fresh := 0
	for i := range all {
		key := all[i].key()
		if slices.Contains(keys, key) {
			continue
		}
		keys = append(keys, key)
		if slices.Contains(known, key) || !began {
			continue
		}
		if fresh++; fresh > p.c.Fetch.Most {
			continue
		}
		if fresh == 1 {
			n.Picture = all[i].picture()
		}
		title := strings.Join(strings.Fields(plugin.CleanText(all[i].Title, maxTitle)), " ")
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d. %s\n%s", fresh, title, all[i].link())))
	}
	if more := fresh - p.c.Fetch.Most; more > 0 {
		lines = append(lines, fmt.Sprintf("另有 %d 篇。", more))
	}
	for _, key := range known { // an article may come back
		if !slices.Contains(keys, key) && len(keys) < maxEntries {
			keys = append(keys, key)
		}
	}
	n.Text, n.Known = strings.Join(lines, "\n"), keys
	return n, nil
}

// checkFeed finds mistakes in what says how a feed is read.
func (f *Fetch) checkFeed() error {
	switch {
	case f.Feed && len(f.Values) > 0:
		return &plugin.FieldError{Field: "fetch.values", Err: errors.New("a feed has no values: write {{entries}} in the text")}
	case f.Picture && !f.Feed:
		return &plugin.FieldError{Field: "fetch.picture", Err: errors.New("only a feed has pictures: write feed: true")}
	case f.Feed && f.Most < 1:
		return &plugin.FieldError{Field: "fetch.most", Err: errors.New("it is less than 1")}
	}
	return nil
}
