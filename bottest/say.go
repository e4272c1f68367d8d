package bottest

import "github.com/hongyan-go/hongyan/simulator"

// Say sends a text. In a group, at are the members that it mentions; the text does not change.
func (p Person) Say(text string, at ...string) simulator.Message {
	p.sim.tb.Helper()
	return p.did(p.who.Say(text, at...))
}

// SayAt sends a text to a group that mentions the bot: "@鸿雁 text".
func (p Person) SayAt(text string) simulator.Message {
	p.sim.tb.Helper()
	account := p.in.Account()
	return p.did(p.who.Say("@"+account.Nickname+"\u2005"+text, account.Wxid))
}

// File sends a complete file, which the bot can forward. size is in bytes.
func (p Person) File(name string, size int64) simulator.Message {
	p.sim.tb.Helper()
	return p.did(p.who.Drop(simulator.File{Name: name, Size: size}))
}

// FileNotice sends the notice of an upload; the File of the same name follows it.
func (p Person) FileNotice(name string, size int64) simulator.Message {
	p.sim.tb.Helper()
	return p.did(p.who.Announce(simulator.File{Name: name, Size: size}))
}

// Image sends a picture.
func (p Person) Image() simulator.Message {
	p.sim.tb.Helper()
	return p.did(p.who.Show())
}

// Link sends a link.
func (p Person) Link(title, url string) simulator.Message {
	p.sim.tb.Helper()
	return p.did(p.who.Share(simulator.Link{Title: title, URL: url}))
}

// Send sends any message; see simulator.Raw.
func (p Person) Send(d simulator.Draft) simulator.Message {
	p.sim.tb.Helper()
	return p.did(p.who.Send(d))
}

// Revoke revokes a message of the person.
func (p Person) Revoke(m simulator.Message) {
	p.sim.tb.Helper()
	_, err := p.sim.sim.Act(simulator.Action{Do: simulator.DoRevoke, Seq: m.Seq})
	p.sim.must(err)
}

func (p Person) did(m simulator.Message, err error) simulator.Message {
	p.sim.tb.Helper()
	p.sim.must(err)
	return m
}
