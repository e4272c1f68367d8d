package task

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/store"
)

// MaxData bounds the data of a task, in bytes of JSON. Together with the message that asked for the
// task, it must fit into a value of the state.
const MaxData = 256 << 10

// maxStored bounds an entry: what is left of store.MaxValue is for what parking adds.
const maxStored = store.MaxValue / 4 * 3

// ErrTooLarge means that a task has more data than can be stored.
var ErrTooLarge = errors.New("task: too large")

// ErrFlush is what Request.Merge returns if the earlier task must be done alone, now.
var ErrFlush = errors.New("task: the earlier task is to be done first")

// Origin is what a task knows of where it was asked for.
type Origin struct {
	Account      string `json:"account,omitempty"`
	Conversation string `json:"conversation,omitempty"`
	// Body is the callback of the message whose handler asked for the task, Wxid the wxid of its
	// account, Received when it arrived. Body is empty for a task from outside of a handler.
	Body     []byte    `json:"body,omitempty"`
	Wxid     string    `json:"wxid,omitempty"`
	Received time.Time `json:"received,omitzero"`
	// Anywhere means that the task runs in the conversation also if its plugin is off there.
	Anywhere bool `json:"anywhere,omitempty"`
}

// Trigger is a task that is due, as the body of an item of the inbox.
type Trigger struct {
	Name string          `json:"name"`
	Key  string          `json:"key"`
	Due  time.Time       `json:"due"`
	Data json.RawMessage `json:"data,omitempty"`
	Origin
	// Revision tells this task from earlier and later ones of its name and key, and grows.
	Revision uint64 `json:"revision"`
}

// magic begins the body of an item that is a task. The listener refuses a callback that is not
// JSON, so nothing that is posted begins like this.
var magic = []byte("hongyan task\n")

// Parse reads the body of an item. It reports false if that is a callback.
func Parse(body []byte) (t Trigger, ok bool, err error) {
	rest, ok := bytes.CutPrefix(body, magic)
	if !ok {
		return t, false, nil
	}
	if err = json.Unmarshal(rest, &t); err != nil {
		return t, true, fmt.Errorf("task: an item of the inbox cannot be read: %w", err)
	}
	return t, true, nil
}

// ItemKey is the key of the item, which is the key of the run, too: it stays the same for all runs.
func (t *Trigger) ItemKey() string { return itemKey(t.Name, t.Key, t.Revision) }

func itemKey(name, key string, revision uint64) string {
	return Lane(name, key) + "/" + strconv.FormatUint(revision, 10)
}

// Lane is the lane of the tasks of a name and key.
func Lane(name, key string) string { return "task/" + journal.Join(name, key) }

// item is the item of the inbox.
func (t *Trigger) item(now time.Time) (store.Item, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return store.Item{}, fmt.Errorf("task: %w", err)
	}
	return store.Item{Key: t.ItemKey(), Lane: Lane(t.Name, t.Key), Body: append(bytes.Clone(magic), body...), Received: now}, nil
}

// status is what an entry is.
type status string

const (
	pending status = "pending"
	firing  status = "firing" // on its way to the inbox
	over    status = ""       // there is no task; the rest is kept for a while
)

// entry is a task in the state.
type entry struct {
	Status status `json:"status,omitempty"`
	Trigger
	First time.Time `json:"first,omitzero"` // when it was asked for first
	// Last is the Revision of the latest task that was fired, and Void that up to which tasks must
	// not run any more: they were cancelled, or a newer one takes their place.
	Last uint64 `json:"last,omitempty"`
	Void uint64 `json:"void,omitempty"`
	// IDs are the latest requests.
	IDs []string `json:"ids,omitempty"`
}

// maxIDs bounds the requests that an entry remembers: those whose handler may run again since its
// process died before it could store that the task was asked for.
const maxIDs = 128

// keepOver is how long an entry is kept that has no task.
const keepOver = time.Hour

func entryKey(name, key string) string { return entries + journal.Join(name, key) }

const entries = "task/item/"
