package bot

import (
	"context"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/api"
)

// names asks the service how people and groups are called, and remembers the answers for a while.
type names struct {
	client *api.Client

	mu    sync.Mutex
	known map[string]name
}

type name struct {
	text  string
	until time.Time
}

const (
	nameTTL    = 10 * time.Minute // how long an answer holds
	noNameTTL  = time.Minute      // how long a failure keeps us from asking again
	maxNames   = 50_000
	askTimeout = 5 * time.Second
)

func newNames(client *api.Client) *names { return &names{client: client, known: map[string]name{}} }

// Contact is the nickname of a friend, or the name of a group. The remark, which the account's owner wrote for
// himself, is never told.
func (n *names) Contact(ctx context.Context, appID, id string) string {
	return n.lookup(ctx, appID+"/"+id, id, func(ctx context.Context) (map[string]string, error) {
		infos, err := n.client.Contacts.GetBriefInfo(ctx, appID, id)
		found := map[string]string{}
		for _, info := range infos {
			found[appID+"/"+info.UserName] = info.NickName
		}
		return found, err
	})
}

// Member is the name that a person chose for a group, else the nickname.
func (n *names) Member(ctx context.Context, appID, group, wxid string) string {
	prefix := appID + "/" + group + "/"
	return n.lookup(ctx, prefix+wxid, wxid, func(ctx context.Context) (map[string]string, error) {
		list, err := n.client.Group.GetChatroomMemberList(ctx, appID, group)
		if err != nil {
			return nil, err
		}
		found := map[string]string{}
		for _, m := range list.Members {
			found[prefix+m.Wxid] = m.NickName
			if m.DisplayName != "" {
				found[prefix+m.Wxid] = m.DisplayName
			}
		}
		return found, nil
	})
}

// lookup answers from memory, or asks and remembers all answers.
func (n *names) lookup(ctx context.Context, key, id string, ask func(context.Context) (map[string]string, error)) string {
	now := time.Now()
	n.mu.Lock()
	known, ok := n.known[key]
	n.mu.Unlock()
	if ok && known.until.After(now) {
		return known.text
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	found, err := ask(ctx)

	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.known)+len(found) > maxNames {
		clear(n.known)
	}
	for key, text := range found {
		if text != "" {
			n.known[key] = name{text, now.Add(nameTTL)}
		}
	}
	if answer, ok := n.known[key]; ok && err == nil && answer.until.After(now) {
		return answer.text
	}
	text := id
	if ok { // an old name is better than an id
		text = known.text
	}
	n.known[key] = name{text, now.Add(noNameTTL)}
	return text
}
