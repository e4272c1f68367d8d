package simulator

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The kinds that only a bot's messages have.
const (
	kindVoice       = "voice"
	kindVideo       = "video"
	kindEmoji       = "emoji"
	kindLocation    = "location"
	kindCard        = "card"
	kindMiniProgram = "mini_program"
	kindQuote       = "quote"
	kindMusic       = "music"
	kindFinderFeed  = "finder_feed"
	kindApp         = "app"
)

// The appmsg types that the simulator makes or looks into.
const (
	appMusic           = 3
	appLink            = 5
	appFile            = 6
	appMiniProgram     = 33
	appMiniProgramOpen = 36
	appFinderFeed      = 51
	appQuote           = 57
	appFileNotice      = 74
)

// node is an element of a message.
type node struct {
	name string
	attr map[string]string
	text string
	kids []*node
}

// Limits of what is read.
const (
	maxDepth = 64
	maxNodes = 50_000
)

var errNotXML = errors.New("it is no XML")

// parse reads the XML of a message. Text around the root is refused: the prefix that messages in groups have is the usual case.
func parse(content string) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(strings.TrimLeft(content, "\ufeff \t\r\n")))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 whatever it says
	root := &node{}
	stack := []*node{root}
	for count := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errNotXML
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if count++; count > maxNodes || len(stack) > maxDepth {
				return nil, errors.New("it is too large or too deep")
			}
			n := &node{name: t.Name.Local, attr: map[string]string{}}
			for _, a := range t.Attr {
				n.attr[a.Name.Local] = a.Value
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(t)
		case xml.Directive:
			return nil, errors.New("it has a DOCTYPE")
		}
	}
	switch {
	case len(root.kids) == 0:
		return nil, errNotXML
	case strings.Contains(root.text, ":") && len(root.kids) == 1:
		return nil, errors.New("it has text outside of the root element: the prefix \"wxid:\" of messages in groups must be cut off")
	case len(root.kids) > 1 || strings.TrimSpace(root.text) != "":
		return nil, errors.New("it has more than one root element, or text around it")
	}
	return root.kids[0], nil
}

// child is the first child of that name, or an empty node.
func (n *node) child(names ...string) *node {
	for _, name := range names {
		next := &node{}
		for _, k := range n.kids {
			if k.name == name {
				next = k
				break
			}
		}
		n = next
	}
	return n
}

// value is the trimmed text of the child on that path.
func (n *node) value(names ...string) string { return strings.TrimSpace(n.child(names...).text) }

// appType is the type of an appmsg element; 0 if it has none.
func (n *node) appType() int {
	kind, err := strconv.Atoi(n.value("type"))
	if err != nil {
		return 0
	}
	return kind
}

// describe finds the kind word of a message, and the text that a person reads first.
func describe(msgType int, content string) (kind, text string) {
	switch msgType {
	case typeText, typeNotice:
		return KindText, content
	case typeImage:
		return KindImage, ""
	case typeVoice:
		return kindVoice, ""
	case typeVideo:
		return kindVideo, ""
	case typeEmoji:
		return kindEmoji, ""
	}
	root, err := parse(content)
	if err != nil {
		return KindRaw, ""
	}
	switch msgType {
	case typeCard:
		return kindCard, root.attr["nickname"]
	case typeLocation:
		return kindLocation, root.child("location").attr["label"]
	case typeApp:
		app := root
		if root.name != "appmsg" {
			app = root.child("appmsg")
		}
		return appKind(app.appType()), app.value("title")
	}
	return KindRaw, ""
}

func appKind(appType int) string {
	switch appType {
	case appMusic:
		return kindMusic
	case appLink:
		return KindLink
	case appFile:
		return KindFile
	case appMiniProgram, appMiniProgramOpen:
		return kindMiniProgram
	case appFinderFeed:
		return kindFinderFeed
	case appQuote:
		return kindQuote
	case appFileNotice:
		return KindFileNotice
	default:
		return kindApp
	}
}

// forwardable reads the XML of a forward call, as the receiver of a message gets it: <msg> around the element of that name.
func forwardable(content, element string) (*node, error) {
	root, err := parse(content)
	if err != nil {
		return nil, fmt.Errorf("xml: %w", err)
	}
	n := root.child(element)
	if root.name != "msg" || n.name == "" {
		return nil, fmt.Errorf("xml: it is not <msg> with <%s> in it", element)
	}
	return n, nil
}

// checkFile refuses what cannot be forwarded as a file.
func checkFile(content string) error {
	app, err := forwardable(content, "appmsg")
	if err != nil {
		return err
	}
	switch kind := app.appType(); {
	case kind == appFileNotice:
		return errors.New("xml: appmsg type 74 only says that an upload has begun; the file comes later, with type 6")
	case kind != appFile:
		return fmt.Errorf("xml: a file has appmsg type 6, and this has %d", kind)
	}
	return needs("xml: the file cannot be found without its", map[string]string{
		"cdnattachurl": app.value("appattach", "cdnattachurl"), "aeskey": app.value("appattach", "aeskey"),
	}, "cdnattachurl", "aeskey")
}

// checkImage reads an image, and refuses what cannot be forwarded as an image.
func checkImage(content string) (*node, error) {
	img, err := forwardable(content, "img")
	if err != nil {
		return nil, err
	}
	if img.attr["cdnmidimgurl"] == "" && img.attr["cdnbigimgurl"] == "" && img.attr["cdnthumburl"] == "" {
		return nil, errors.New("xml: the image has none of cdnmidimgurl, cdnbigimgurl and cdnthumburl")
	}
	return img, needs("xml: the image has no", img.attr, "aeskey")
}

// checkVideo reads a video, and refuses what cannot be forwarded as a video.
func checkVideo(content string) (*node, error) {
	video, err := forwardable(content, "videomsg")
	if err != nil {
		return nil, err
	}
	return video, needs("xml: the video has no", video.attr, "aeskey", "cdnvideourl")
}

// checkApp refuses app messages of other types than those.
func checkApp(content string, types ...int) error {
	app, err := forwardable(content, "appmsg")
	if err != nil {
		return err
	}
	for _, t := range types {
		if app.appType() == t {
			return nil
		}
	}
	return fmt.Errorf("xml: appmsg type %d is wrong here: want %v", app.appType(), types)
}

func needs(what string, values map[string]string, names ...string) error {
	for _, name := range names {
		if values[name] == "" {
			return fmt.Errorf("%s %s", what, name)
		}
	}
	return nil
}
