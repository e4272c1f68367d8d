package web

import (
	"path"
	"strings"
	"time"
)

// The looks of message cards. Each has a template.
const (
	LookText     = "text"     // Text
	LookPicture  = "picture"  // Picture, Size, Width, Height: images, stickers, videos
	LookVoice    = "voice"    // Seconds, Text as transcript, Media
	LookFile     = "file"     // Name, Size; Pending before its upload has ended
	LookCard     = "card"     // Label, Title, Lines, URL, Count: links, mini programs, contacts, places, records …
	LookMoney    = "money"    // Label, Title: red packets and transfers
	LookNotice   = "notice"   // Text: notices, pats, calls; a line without a bubble
	LookRequest  = "request"  // Label, Title, Lines: friend requests and invitations
	LookUnknown  = "unknown"  // Label, Text: what could not be read, with Raw behind a click
	LookHidden   = "hidden"   // text that must be asked for
	LookRevoked  = "revoked"  // Text: a message that was taken back
	LookAnnounce = "announce" // Label, Text
)

// Card is a message as pages show it: the template "card". Text is always text, never markup.
type Card struct {
	// ID is the id of the element.
	ID   string
	Look string
	// Kind is the word for the kind of the message in the language of the page.
	Kind string
	// Mine puts the card to the right.
	Mine bool
	// From is the name of the sender, and FromID what the colour of the avatar follows from. Head
	// shows them; a message of the same person soon after has none.
	From, FromID string
	Head         bool
	// Gap is the time shown above, after a pause; zero means none. Day also shows its date.
	Gap  time.Time
	Day  bool
	Time time.Time

	Text, Label, Title, Name, Raw string
	Lines                         []string
	Count                         int   // of the items of a record
	Size                          int64 // bytes
	Seconds                       int64
	Width, Height                 int
	Pending                       bool
	// Spans are the parts of Text. nil means that all of it is plain.
	Spans []TextPart
	Quote *Quote
	// URL is a link to the web; see SafeURL. Host is shown with it.
	URL, Host string
	// Picture and Media are addresses of this site, loaded after a click.
	Picture, Media string
	// Why says why a voice or a video cannot be played here.
	Why string

	// State is the word and StateLook the look (ok, bad, warn, held, wait) of how a send ended.
	State, StateLook string
	// Link leads to what is known of the message; it is the current one if Selected.
	Link     string
	Selected bool
	// Marks tell at a glance how far the message came.
	Marks []Mark
	// Note is a line below the card, with NoteLook as its look.
	Note, NoteLook string
}

// TextPart is a part of a text.
type TextPart struct {
	Text string
	// At marks a mention.
	At bool
}

// Quote is the message that a message answers.
type Quote struct {
	Name, Text string
	// Link leads to it in the page; empty if it is not there.
	Link string
}

// Mark is a stage of a message: a sign, and the sentence that it stands for.
type Mark struct {
	Look string // ok, bad, none, wait
	Text string
}

// Sign returns the character of a mark. A state is a word and a shape; colour comes third.
func (m Mark) Sign() string {
	switch m.Look {
	case "ok":
		return "✓"
	case "bad":
		return "✕"
	case "wait":
		return "…"
	default:
		return "–"
	}
}

// Ext returns the letters that stand for the kind of a file.
func (c Card) Ext() string {
	ext := strings.ToUpper(strings.TrimPrefix(path.Ext(c.Name), "."))
	if ext == "" || len(ext) > 5 {
		return "FILE"
	}
	return ext
}

// Runs reports whether the file is a program.
func (c Card) Runs() bool {
	switch c.Ext() {
	case "EXE", "BAT", "CMD", "COM", "SCR", "MSI", "APK", "JAR", "VBS", "PS1", "SH", "JS", "LNK":
		return true
	}
	return false
}

// Bar returns the class of the width of a voice message: w1 … w6.
func (c Card) Bar() string {
	for i, most := range []int64{3, 8, 15, 30, 45} {
		if c.Seconds <= most {
			return "w" + string(rune('1'+i))
		}
	}
	return "w6"
}

// Length returns the length of a voice message or video: "0:46".
func (c Card) Length() string {
	return time.Unix(0, 0).UTC().Add(time.Duration(c.Seconds) * time.Second).Format("4:05")
}

// Ratio returns the class of the shape of a picture.
func (c Card) Ratio() string {
	switch {
	case c.Width == 0 || c.Height == 0:
		return "r43"
	case c.Width*4 < c.Height*3:
		return "r34"
	case c.Width < c.Height*5/4:
		return "r11"
	default:
		return "r43"
	}
}

// Long reports whether the text is folded.
func (c Card) Long() bool { return strings.Count(c.Text, "\n") > 12 || len(c.Text) > 3000 }
