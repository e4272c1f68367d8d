package contacts_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	app    = "wx_shop"
	saved  = "10000000001@chatroom"
	hidden = "20000000002@chatroom" // not in the address book
)

const world = `
accounts: [{app_id: wx_shop, wxid: wxid_me, nickname: 店小二, groups: [10000000001@chatroom]}]
contacts: [{wxid: wxid_ming, nickname: 小明, remark: 明哥}, {wxid: wxid_hua, nickname: 小花}]
groups:
  - {id: 10000000001@chatroom, name: 仓库, members: [wxid_me, {wxid: wxid_ming, display_name: 明哥 (仓库)}, wxid_hua]}
  - {id: 20000000002@chatroom, name: 门店, members: [wxid_me, wxid_hua]}
`

// fixture is a book that uses a simulator, with its own clock.
type fixture struct {
	*contacts.Book
	t     *testing.T
	sim   *simulator.Test
	state store.State
	mu    sync.Mutex
	time  time.Time
}

func start(t *testing.T) *fixture {
	t.Helper()
	w, err := simulator.LoadWorld(strings.NewReader(world))
	require.NoError(t, err)
	back := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	f := &fixture{t: t, sim: simulator.Start(t, func(c *simulator.Config) { c.World = w }), state: back.State(),
		time: time.Unix(1_800_000_000, 0)}
	f.Book = f.open()
	return f
}

func (f *fixture) open() *contacts.Book {
	client, err := api.New(api.Config{BaseURL: f.sim.BaseURL(), Token: f.sim.Token()})
	require.NoError(f.t, err)
	f.t.Cleanup(client.Close)
	return contacts.New(contacts.Config{Client: client, State: f.state, Clock: clock.Func(f.now)})
}

func (f *fixture) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.time
}

func (f *fixture) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.time = f.time.Add(d)
}

// asked returns the number of calls of an endpoint.
func (f *fixture) asked(endpoint string) int {
	n := 0
	for _, c := range f.sim.Calls() {
		if c.Endpoint == endpoint {
			n++
		}
	}
	return n
}

// happens lets the book observe a callback.
func (f *fixture) happens(typeName string, data map[string]any) {
	f.t.Helper()
	body, err := json.Marshal(map[string]any{"TypeName": typeName, "Appid": app, "Wxid": "wxid_me", "Data": data})
	require.NoError(f.t, err)
	e, err := callback.Decode(body)
	require.NoError(f.t, err)
	require.NoError(f.t, f.Observe(f.t.Context(), e))
}

func TestNames(t *testing.T) {
	t.Parallel()
	f := start(t)
	ctx := t.Context()
	for want, got := range map[string]string{
		"明哥 (仓库)":     f.Member(ctx, app, saved, "wxid_ming"),
		"小花":          f.Member(ctx, app, saved, "wxid_hua"),
		"小明":          f.Contact(ctx, app, "wxid_ming"), // not the remark
		"仓库":          f.Contact(ctx, app, saved),
		"门店":          f.Contact(ctx, app, hidden),
		"wxid_nobody": f.Member(ctx, app, saved, "wxid_nobody"),
		"9@chatroom":  f.Contact(ctx, app, "9@chatroom"),
	} {
		assert.Equal(t, want, got)
	}
	assert.Equal(t, 3, f.asked("/group/getChatroomInfo"), "one call a group, and none again for what failed")
	_, err := f.Profile(ctx, app, "wxid_nobody")
	require.ErrorIs(t, err, contacts.ErrUnknown)
}

func TestAnswersHold(t *testing.T) {
	t.Parallel()
	f := start(t)
	name := func() string { return f.Contact(t.Context(), app, "wxid_hua") }
	assert.Equal(t, "小花", name())
	assert.Equal(t, "小花", name())
	assert.Equal(t, 1, f.asked("/contacts/getBriefInfo"))
	f.pass(contacts.DefaultTTL)
	assert.Equal(t, "小花", name())
	assert.Equal(t, 2, f.asked("/contacts/getBriefInfo"), "an answer ends")

	f.sim.Breaks(simulator.Fault{Endpoint: "/contacts/getBriefInfo", Kind: simulator.FaultRefuse, Count: 10})
	f.pass(contacts.DefaultTTL)
	assert.Equal(t, "小花", name(), "an old name is better than none")
	assert.Equal(t, "小花", name())
	assert.Equal(t, 3, f.asked("/contacts/getBriefInfo"), "a failure is not repeated at once")
}

func TestWhoAsksAtOnceAsksTogether(t *testing.T) {
	t.Parallel()
	f := start(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { assert.Equal(t, "仓库", f.Contact(context.Background(), app, saved)) })
	}
	wg.Wait()
	assert.Equal(t, 1, f.asked("/group/getChatroomInfo"))

	people, err := f.Profiles(t.Context(), app, "wxid_hua", "wxid_ming", "wxid_nobody")
	require.NoError(t, err)
	assert.Len(t, people, 2)
	assert.Equal(t, "小明", people["wxid_ming"].NickName)
	people, err = f.Profiles(t.Context(), app, "wxid_hua", "wxid_ming")
	require.NoError(t, err)
	assert.Len(t, people, 2)
	assert.Equal(t, 1, f.asked("/contacts/getBriefInfo"))
}

// TestEventsChangeWhatIsKnown checks that callbacks update the book.
func TestEventsChangeWhatIsKnown(t *testing.T) {
	t.Parallel()
	f := start(t)
	ctx := t.Context()
	assert.Equal(t, "小花", f.Contact(ctx, app, "wxid_hua"))
	f.happens("ModContacts", map[string]any{"UserName": map[string]any{"string": "wxid_hua"}, "NickName": map[string]any{"string": "花花"}})
	assert.Equal(t, "花花", f.Contact(ctx, app, "wxid_hua"))
	assert.Equal(t, 1, f.asked("/contacts/getBriefInfo"), "the event told the name")

	for name, change := range map[string]func(){
		"ModContacts": func() {
			f.happens("ModContacts", map[string]any{"UserName": map[string]any{"string": saved},
				"NickName": map[string]any{"string": "仓库"}})
		},
		"a notice": func() {
			f.happens("AddMsg", map[string]any{
				"MsgType": 10000, "NewMsgId": 1, "FromUserName": map[string]any{"string": saved},
				"ToUserName": map[string]any{"string": "wxid_me"},
				"Content":    map[string]any{"string": "\"小明\"修改群名为“新仓库”"},
			})
		},
	} {
		f.Contact(ctx, app, saved)
		before := f.asked("/group/getChatroomInfo")
		change()
		f.Contact(ctx, app, saved)
		assert.Equal(t, before+1, f.asked("/group/getChatroomInfo"), name)
	}
}

// TestGroupsThatTheAddressBookDoesNotList become known by a message, also after a restart.
func TestGroupsThatTheAddressBookDoesNotList(t *testing.T) {
	t.Parallel()
	f := start(t)
	groups := func(b *contacts.Book) []string {
		ids, err := b.List(t.Context(), app)
		require.NoError(t, err)
		return ids.Chatrooms
	}
	other := f.open()
	assert.Equal(t, []string{saved}, groups(f.Book))
	assert.Equal(t, []string{saved}, groups(other))
	f.happens("AddMsg", map[string]any{
		"MsgType": 1, "NewMsgId": 1, "FromUserName": map[string]any{"string": hidden}, "ToUserName": map[string]any{"string": "wxid_me"},
		"Content": map[string]any{"string": "wxid_hua:\nhi"},
	})
	assert.Equal(t, []string{saved, hidden}, groups(f.Book))
	assert.Equal(t, []string{saved, hidden}, groups(other), "another process had read the list before")
	assert.Equal(t, []string{saved, hidden}, groups(f.open()), "after a restart")
	assert.Equal(t, 3, f.asked("/contacts/fetchContactsList"), "one for each book")

	f.happens("DelContacts", map[string]any{"UserName": map[string]any{"string": hidden}})
	assert.Equal(t, []string{saved}, groups(f.Book))
	assert.Equal(t, []string{saved}, groups(f.open()))
}

// TestAChangeOvertakesAnAnswer: the request precedes the change, the answer follows it.
func TestAChangeOvertakesAnAnswer(t *testing.T) {
	t.Parallel()
	names := make(chan string)
	asked := make(chan struct{}, 1)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		_ = json.NewEncoder(w).Encode(map[string]any{"ret": 200, "data": map[string]any{"chatroomId": saved, "nickName": <-names}})
	}))
	t.Cleanup(service.Close)
	client, err := api.New(api.Config{BaseURL: service.URL, Token: "t"})
	require.NoError(t, err)
	t.Cleanup(client.Close)
	f := &fixture{Book: contacts.New(contacts.Config{Client: client}), t: t}

	got := make(chan string)
	ask := func() { got <- f.Contact(context.Background(), app, saved) }
	go ask()
	<-asked
	f.happens("ModContacts", map[string]any{"UserName": map[string]any{"string": saved}, "NickName": map[string]any{"string": "new"}})
	go ask()
	<-asked // a request of its own
	names <- "one of them"
	names <- "the other"
	assert.ElementsMatch(t, []string{"one of them", "the other"}, []string{<-got, <-got})

	f.happens("ModContacts", map[string]any{"UserName": map[string]any{"string": saved}, "NickName": map[string]any{"string": "newer"}})
	go ask()
	<-asked
	f.happens("ModContacts", map[string]any{"UserName": map[string]any{"string": saved}, "NickName": map[string]any{"string": "newest"}})
	names <- "newer"
	assert.Equal(t, "newer", <-got)
	go ask()
	<-asked
	names <- "newest"
	assert.Equal(t, "newest", <-got, "the answer from before the change was not kept")
	assert.Equal(t, "newest", f.Contact(t.Context(), app, saved))
}

// TestAnEmptyCacheIsNoAddressBook: the service may return an empty list when its cache is empty.
func TestAnEmptyCacheIsNoAddressBook(t *testing.T) {
	t.Parallel()
	cache := `{"ret":200,"data":{"friends":[],"chatrooms":[],"ghs":[]}}`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/fetchContactsList") {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done() // too slow
			return
		}
		_, _ = io.WriteString(w, cache)
	}))
	defer s.Close()
	client, err := api.New(api.Config{BaseURL: s.URL, Token: "demo-token", MediaTimeout: 50 * time.Millisecond})
	require.NoError(t, err)
	defer client.Close()
	back := memory.New(memory.Config{})
	defer func() { assert.NoError(t, back.Close()) }()
	_, err = contacts.New(contacts.Config{Client: client, State: back.State()}).List(t.Context(), app)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	cache = `{"ret":200,"data":{"friends":["wxid_ming"],"chatrooms":[],"ghs":[]}}`
	list, err := contacts.New(contacts.Config{Client: client, State: back.State()}).List(t.Context(), app)
	require.NoError(t, err)
	assert.Equal(t, []string{"wxid_ming"}, list.Friends)
}
