package outbox

import (
	"context"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

const (
	// ownKept is how long a send is remembered as the outbox's own, ownMost how many.
	ownKept = 10 * time.Minute
	ownMost = 4096
)

// own remembers what was sent lately, to tell an echo of it from what a person types on the phone.
type own struct {
	mu   sync.Mutex
	list []*ownSend // the oldest first
	seed maphash.Seed
}

// ownSend is a send. Its id is 0 while the request is under way, and if the answer got lost.
type ownSend struct {
	account, target string
	id              uint64
	text            uint64 // hash of what it says; 0 if it is not a text
	at              time.Time
	gone            bool // it certainly was not sent
}

// begin remembers a request that begins now.
func (o *own) begin(s store.Send, m api.Send, now time.Time) *ownSend {
	x := &ownSend{account: s.Account, target: s.Target, at: now}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seed == (maphash.Seed{}) {
		o.seed = maphash.MakeSeed()
	}
	if text, ok := m.(api.PostText); ok {
		x.text = o.hash(text.Content)
	}
	n := 0
	for n < len(o.list) && (len(o.list)-n >= ownMost || now.Sub(o.list[n].at) > ownKept) {
		n++
	}
	o.list = append(o.list[n:], x)
	return x
}

// hash is the hash of a text, never 0. White space around it may get lost on the way.
func (o *own) hash(text string) uint64 { return maphash.String(o.seed, strings.TrimSpace(text)) | 1 }

// end notes the outcome of a request.
func (o *own) end(x *ownSend, sent *api.SentMessage, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err != nil && api.ExecutedOf(err) == api.ExecutedNo:
		x.gone = true
	case sent != nil:
		x.id = uint64(sent.NewMsgID)
	}
}

// has reports whether a message was sent: by its id, or, where no answer tells that, by its text.
func (o *own) has(account, target string, id uint64, isText bool, text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, x := range o.list {
		if x.gone || x.account != account || x.target != target {
			continue
		}
		if id != 0 && x.id == id || x.id == 0 && (isText && x.text == o.hash(text) || !isText && x.text == 0) {
			return true
		}
	}
	return false
}

// Own reports whether a message in a chat, with the account itself as its sender, is one that was
// sent here, and not typed on the phone: by its id, or by its text if the answer that tells the id
// has not come. An empty text means that the message is of another kind. written is the time of the
// message; the ledger is read for messages that another process, or an earlier one, may have sent.
func (o *Outbox) Own(ctx context.Context, account, chat string, id uint64, text string, written time.Time) (bool, error) {
	if o.own.has(account, chat, id, text != "", text) {
		return true, nil
	}
	if !o.config.Shared && written.After(o.began.Add(time.Minute)) {
		return false, nil
	}
	query := store.SendQuery{
		States: []store.SendState{store.Sending, store.Sent, store.Unknown}, Account: account, Target: chat, Limit: 500,
	}
	for {
		page, err := o.ledger.List(ctx, query)
		if err != nil {
			return false, err
		}
		for _, s := range page {
			query.After = s.Seq
			if sentAs(s, id, text) {
				return true, nil
			}
		}
		if len(page) < query.Limit {
			return false, nil
		}
	}
}

// sentAs reports whether an entry of the ledger has the id, or the text if its id is not known.
func sentAs(s store.Send, id uint64, text string) bool {
	if s.State == store.Sent {
		sent, err := replay(s)
		return err == nil && id != 0 && uint64(sent.NewMsgID) == id
	}
	m, err := api.DecodeSend(s.Endpoint, s.Body)
	if err != nil {
		return false
	}
	own, isText := m.(api.PostText)
	return isText && text != "" && strings.TrimSpace(own.Content) == strings.TrimSpace(text)
}
