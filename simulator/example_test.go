package simulator_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/simulator"
)

// parrot is a bot without any framework: it says in group B what it hears in group A.
func parrot(sim *simulator.Simulator) (stop func()) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		_, said, inA := strings.Cut(string(body), `{"string":"wxid_alice:\n`)
		if err != nil || !inA || strings.HasPrefix(said, "<") {
			return // not a text from Alice in a group
		}
		said, _, _ = strings.Cut(said, `"`)
		request, err := http.NewRequestWithContext(r.Context(), http.MethodPost, sim.BaseURL()+"/message/postText", strings.NewReader(
			fmt.Sprintf(`{"appId":%q,"toWxid":"20000000002@chatroom","content":%q}`, simulator.DefaultAppID, "Alice: "+said)))
		if err != nil {
			return
		}
		request.Header.Set("VideosApi-token", sim.Token())
		if response, err := http.DefaultClient.Do(request); err == nil {
			response.Body.Close()
		}
	}))
	if err := sim.SetCallback(context.Background(), server.URL); err != nil {
		fmt.Println(err)
	}
	return func() {
		server.Close()
		http.DefaultClient.CloseIdleConnections()
	}
}

// A program outside of tests uses the methods that return errors.
func ExampleNew() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	stop := parrot(sim) // a bot; yours needs sim.BaseURL() and sim.Token()
	defer stop()

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := sim.Group("A").Member("alice").Say("hi"); err != nil {
		fmt.Println(err)
		return
	}
	m, err := sim.Group("B").AwaitText(ctx, "Alice: hi")
	fmt.Println(m.Kind, m.From, m.Text, err)
	// Output: text wxid_hongyan_bot Alice: hi <nil>
}

// T stands for *testing.T here: an example has none.
type T struct{ cleanups []func() }

func (*T) Helper()            {}
func (t *T) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }
func (*T) Fatalf(format string, args ...any) {
	fmt.Printf(format+"\n", args...)
}

func (t *T) end() {
	for _, f := range t.cleanups {
		f()
	}
}

// A test says what happens, and what the bot must do.
func ExampleStart() {
	t := &T{} // func TestForward(t *testing.T) {
	defer t.end()

	sim := simulator.Start(t)
	t.Cleanup(parrot(sim.Simulator)) // the bot under test

	alice := sim.Group("A").Member("alice")
	alice.Says("the list is done")
	sim.Group("B").ExpectText("Alice: the list is done")

	alice.Announces(simulator.File{Name: "list.xlsx", Size: 20_480}) // the upload begins
	alice.Drops(simulator.File{Name: "list.xlsx", Size: 20_480})     // and ends
	sim.Group("C").ExpectNothing()

	for _, c := range sim.Calls() {
		fmt.Println(c.Endpoint, c.Ret)
	}
	// Output: /message/postText 200
}

// A bot that reacts to a call that may have been executed shows here whether it sends twice.
func ExampleSimulator_AddFaults() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	defer parrot(sim)()

	_, err = sim.AddFaults(simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultExecuteThenDrop})
	fmt.Println(err)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := sim.Group("A").Member("alice").Say("hi"); err != nil {
		fmt.Println(err)
	}
	c, err := sim.AwaitCall(ctx, func(c simulator.Call) bool { return c.Endpoint == "/message/postText" })
	fmt.Println(c.Executed, c.Ret, c.Fault, err)
	// Output:
	// <nil>
	// true 0 execute_then_drop <nil>
}

// A world of one's own.
func ExampleLoadWorld() {
	world, err := simulator.LoadWorld(strings.NewReader(`
accounts:
  - {app_id: wx_shop, wxid: wxid_shop_bot, nickname: 店小二}
contacts:
  - {wxid: wxid_ming, nickname: 小明}
groups:
  - {id: 40000000001@chatroom, name: 仓库, members: [wxid_shop_bot, wxid_ming]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	sim, err := simulator.New(simulator.Config{World: world})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	m, err := sim.Group("仓库").Member("小明").Say("到货了吗")
	fmt.Println(m.From, m.Conversation, m.Text, err)

	_, err = simulator.LoadWorld(bytes.NewBufferString("accounts:\n  - {app_id: wx_shop, wxid: b}\ncontact: []\n"))
	fmt.Println(err)
	// Output:
	// wxid_ming 40000000001@chatroom 到货了吗 <nil>
	// simulator: world: line 3: unknown field "contact"
}

// Any message of WeChat can be sent as it is.
func ExampleRaw() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	m, err := sim.Group("A").Member("bob").Send(simulator.Raw(48, `<msg><location x="31.5" y="121.5" label="桥头"/></msg>`))
	fmt.Println(m.From, m.MsgType, m.Text, err)
	// Output: wxid_bob 48 桥头 <nil>
}

// Groups change, and people ask to be friends: the bot gets the callbacks of the service.
func ExampleSimulator_Act() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	for _, a := range []simulator.Action{
		{Do: simulator.DoRename, Group: "A", From: "bob", Text: "The A team"},
		{Do: simulator.DoRemoveMember, Group: "The A team", Who: []string{"frank"}},
	} {
		if _, err := sim.Act(a); err != nil {
			fmt.Println(err)
		}
	}
	group := sim.State().Groups[0]
	fmt.Println(group.Name, len(group.Members))
	// Output: The A team 10
}

// A login without a phone: the code is scanned and confirmed here, and the bot's next checkLogin
// succeeds.
func ExampleSimulator_Login() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	// The account is thrown out. The bot gets Offline, and asks for a code.
	state, err := sim.Login(simulator.LoginStep{Action: simulator.LoginDrop})
	fmt.Println(state.Wxid, err, sim.State().Accounts[0].Online)
	_, err = sim.Login(simulator.LoginStep{AppID: state.AppID, Action: simulator.LoginConfirm})
	fmt.Println(err)
	// Output:
	// wxid_hongyan_bot <nil> false
	// simulator: login: no login has begun on this device
}
