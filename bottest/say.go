package bottest

import "github.com/hongyan-go/hongyan/simulator"

// Say sends a text. In a group, at are the members that it mentions; the text does not change.
func (p Person) Say(text string, at ...string) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindText, Text: text, At: at})
}

// SayAt sends a text to a group that mentions the bot: "@鸿雁 text".
func (p Person) SayAt(text string) simulator.Message {
	p.sim.tb.Helper()
	account := p.in.Account()
	return p.Say("@"+account.Nickname+"\u2005"+text, account.Wxid)
}

// Quote answers a message of the chat, of a person or the bot, with a text.
func (p Person) Quote(m simulator.Message, text string, at ...string) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindQuote, Quote: m.Seq, Text: text, At: at})
}

// Image sends a picture.
func (p Person) Image() simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindImage})
}

// Voice sends a voice message of that many seconds.
func (p Person) Voice(seconds int64) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindVoice, Seconds: seconds})
}

// Video sends a video of that many seconds.
func (p Person) Video(seconds int64) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindVideo, Seconds: seconds})
}

// Emoji sends a sticker.
func (p Person) Emoji() simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindEmoji})
}

// File sends a complete file of that many bytes, without the notice of an upload, as small ones
// are sent.
func (p Person) File(name string, size int64) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindFile, File: &simulator.File{Name: name, Size: size}})
}

// FileWith is File with the bytes that a download of the file has.
func (p Person) FileWith(name string, content []byte) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindFile, File: &simulator.File{Name: name, Content: content}})
}

// FileNotice sends the notice of an upload. The File of the same name and size follows it.
func (p Person) FileNotice(name string, size int64) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindFileNotice, File: &simulator.File{Name: name, Size: size}})
}

// Link sends a link.
func (p Person) Link(title, url string) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindLink, Link: &simulator.Link{Title: title, URL: url}})
}

// Card sends the card of a person of the world.
func (p Person) Card(name string) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindCard, Card: name})
}

// Location sends a place with its address.
func (p Person) Location(lat, lng float64, label string) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindLocation, Location: &simulator.Location{Lat: lat, Lng: lng, Label: label}})
}

// MiniProgram sends the card of a mini program: its appid ("wx" and 16 hex digits) and the title.
func (p Person) MiniProgram(appID, title string) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindMiniProgram, MiniProgram: &simulator.MiniProgram{AppID: appID, Title: title}})
}

// RedPacket sends a red packet with a wish.
func (p Person) RedPacket(wish string) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindRedPacket, Text: wish})
}

// Pat pats a person of the chat, also the bot.
func (p Person) Pat(name string) simulator.Message {
	p.sim.tb.Helper()
	return p.Send(simulator.Draft{Kind: simulator.KindPat, Pat: name})
}

// Send sends a message of any kind, for what the other methods leave out; see also simulator.Raw.
// It sets From, To and AppID of the draft.
func (p Person) Send(d simulator.Draft) simulator.Message {
	p.sim.tb.Helper()
	m, err := p.who.Send(d)
	p.sim.must(err)
	return m
}

// Revoke revokes a message of the person.
func (p Person) Revoke(m simulator.Message) {
	p.sim.tb.Helper()
	_, err := p.sim.sim.Act(simulator.Action{Do: simulator.DoRevoke, Seq: m.Seq})
	p.sim.must(err)
}
