package message

import (
	"errors"
	"fmt"
	"strings"
)

// Draft is a message of a person; see simulator.Draft.
type Draft struct {
	From    string
	To      string
	AppID   string
	Kind    string
	Text    string
	At      []string
	File    *File
	Link    *Link
	Quote   int64
	Seconds int64
	Card    string
	Pat     string

	Location    *Location
	MiniProgram *MiniProgram

	MsgType int
	Content string
}

// File describes a file; see simulator.File.
type File struct {
	Name string
	Size int64
	MD5  string
	// Content are the bytes of the file; nil if they are made up.
	Content []byte
}

// Ext returns the extension without its dot.
func (f File) Ext() string {
	if i := strings.LastIndexByte(f.Name, '.'); i > 0 {
		return f.Name[i+1:]
	}
	return ""
}

// Link is a link card; see simulator.Link.
type Link struct {
	Title    string
	Desc     string
	URL      string
	ThumbURL string
}

// Check returns an error if a field that the kind needs is missing, or one that it does not use is
// set.
func (d *Draft) Check(inGroup bool) error {
	if d.Kind == "" {
		return fmt.Errorf(`"kind" is missing: one of %s`, kindList)
	}
	takes, known := draftFields()[d.Kind]
	if !known {
		return fmt.Errorf(`there is no kind %q: use one of %s`, d.Kind, kindList)
	}
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"text", d.Text != ""}, {"at", len(d.At) > 0}, {"file", d.File != nil}, {"link", d.Link != nil},
		{"quote", d.Quote != 0}, {"seconds", d.Seconds != 0}, {"card", d.Card != ""}, {"pat", d.Pat != ""},
		{"location", d.Location != nil}, {"mini_program", d.MiniProgram != nil},
		{"msg_type", d.MsgType != 0}, {"content", d.Content != ""},
	} {
		needed, allowed := takes[f.name]
		switch {
		case f.given && !allowed:
			return fmt.Errorf(`kind %q has no use for %q`, d.Kind, f.name)
		case needed && !f.given:
			return fmt.Errorf(`kind %q needs %q`, d.Kind, f.name)
		}
	}
	switch {
	case len(d.At) > 0 && !inGroup:
		return errors.New(`"at" is for groups`)
	case d.File != nil:
		return d.File.check()
	case d.Link != nil && (d.Link.Title == "" || d.Link.URL == ""):
		return errors.New(`"link" needs "title" and "url"`)
	case d.Location != nil:
		return d.Location.check()
	case d.MiniProgram != nil && (d.MiniProgram.Title == "" || d.MiniProgram.AppID == ""):
		return errors.New(`"mini_program" needs "title" and "app_id"`)
	case d.Seconds < 0 || d.Seconds > maxSeconds:
		return fmt.Errorf(`"seconds" must be 1 to %d`, maxSeconds)
	case d.MsgType < 0:
		return errors.New(`"msg_type" must be a positive number`)
	}
	return nil
}

// maxSeconds is the longest voice message or video that people can send.
const maxSeconds = 24 * 60 * 60

const kindList = "text, quote, image, voice, video, emoji, file, file_notice, link, card, location, mini_program, red_packet, pat, raw"

// draftFields returns the fields that each kind takes, and whether it needs them.
func draftFields() map[string]map[string]bool {
	return map[string]map[string]bool{
		KindText:        {"text": true, "at": false},
		KindQuote:       {"text": true, "quote": true, "at": false},
		KindImage:       {"file": false},
		KindVoice:       {"seconds": false, "file": false},
		KindVideo:       {"seconds": false, "file": false},
		KindEmoji:       {},
		KindFile:        {"file": true},
		KindFileNotice:  {"file": true},
		KindLink:        {"link": true},
		KindCard:        {"card": true},
		KindLocation:    {"location": true},
		KindMiniProgram: {"mini_program": true},
		KindRedPacket:   {"text": false},
		KindPat:         {"pat": true},
		KindRaw:         {"msg_type": true, "content": true, "at": false},
	}
}

func (f *File) check() error {
	switch {
	case f.Name == "":
		return errors.New(`"file" needs "name"`)
	case f.Size < 0:
		return errors.New(`"file": "size" is less than 0`)
	case f.Content != nil && (f.Size != 0 && f.Size != int64(len(f.Content)) || f.MD5 != ""):
		return errors.New(`"file": "size" and "md5" follow from "content"`)
	case f.MD5 != "" && (len(f.MD5) != 32 || strings.Trim(f.MD5, "0123456789abcdef") != ""):
		return errors.New(`"file": "md5" must be 32 hex digits in lower case`)
	}
	return nil
}
