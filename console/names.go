package console

import (
	"context"
	"net/url"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// namesTime bounds how long all names of a page may take: those that are not known by then are
// shown as ids.
const namesTime = 300 * time.Millisecond

// names finds the names of chats and people for one page.
type names struct {
	ctx   context.Context //nolint:containedctx // of the page
	book  *contacts.Book
	known map[place]string
}

func (c *Console) names(ctx context.Context) *names {
	ctx, cancel := context.WithTimeout(ctx, namesTime)
	context.AfterFunc(ctx, cancel)
	return &names{ctx, c.h.Contacts(), map[place]string{}}
}

// chat is the name of a chat; empty if it is not known.
func (n *names) chat(account, id string) string {
	if id == "" || account == "" {
		return ""
	}
	p := place{account, id}
	name, ok := n.known[p]
	if !ok && n.ctx.Err() == nil {
		if name = n.book.Contact(n.ctx, account, id); name == id {
			name = ""
		}
		n.known[p] = name
	}
	return name
}

// add sets the names of the chats of items.
func (n *names) add(items []item) {
	for i := range items {
		items[i].Name = n.chat(items[i].Account, items[i].Chat)
	}
}

func isGroup(chat string) bool { return callback.IsGroup(chat) }

// escape is a key as one segment of a path.
func escape(key string) string { return url.PathEscape(key) }

// plain is the text of an event; empty for one without.
func plain(e *callback.Event) string {
	switch p := e.Payload().(type) {
	case *xmlmsg.Text:
		return p.Body
	case *xmlmsg.Quote:
		return p.Text
	case *xmlmsg.File:
		return p.Name
	case *xmlmsg.Link:
		return p.Title
	}
	return ""
}
