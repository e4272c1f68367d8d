package message

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// The appmsg types that the simulator writes or reads.
const (
	AppMusic           = 3
	AppLink            = 5
	AppFile            = 6
	AppMiniProgram     = 33
	AppMiniProgramOpen = 36
	AppFinderFeed      = 51
	AppQuote           = 57
	AppFileNotice      = 74
	AppRedPacket       = 2001
)

// Node is an element of a message.
type Node struct {
	Name     string
	Attr     map[string]string
	Text     string
	Children []*Node
}

// The limits of XML that is parsed.
const (
	maxDepth = 64
	maxNodes = 50_000
)

var errNotXML = errors.New("it is not XML")

// Parse parses the XML of a message. It refuses text around the root, such as the prefix of
// messages in groups.
func Parse(content string) (*Node, error) {
	d := xml.NewDecoder(strings.NewReader(strings.TrimLeft(content, "\ufeff \t\r\n")))
	d.Strict = false
	// The text is UTF-8, whatever its declaration says.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	root := &Node{}
	stack := []*Node{root}
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
			n := &Node{Name: t.Name.Local, Attr: map[string]string{}}
			for _, a := range t.Attr {
				n.Attr[a.Name.Local] = a.Value
			}
			top.Children = append(top.Children, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.Text += string(t)
		case xml.Directive:
			return nil, errors.New("it has a DOCTYPE")
		}
	}
	switch {
	case len(root.Children) == 0:
		return nil, errNotXML
	case strings.Contains(root.Text, ":") && len(root.Children) == 1:
		return nil, errors.New("it has text outside of the root element: the prefix \"wxid:\" of messages in groups must be cut off")
	case len(root.Children) > 1 || strings.TrimSpace(root.Text) != "":
		return nil, errors.New("it has more than one root element, or text around it")
	}
	return root.Children[0], nil
}

// Child returns the child on a path of names, or an empty node.
func (n *Node) Child(names ...string) *Node {
	for _, name := range names {
		next := &Node{}
		for _, k := range n.Children {
			if k.Name == name {
				next = k
				break
			}
		}
		n = next
	}
	return n
}

// Value returns the trimmed text of the child on a path of names.
func (n *Node) Value(names ...string) string { return strings.TrimSpace(n.Child(names...).Text) }

// AppType returns the type of an appmsg element; 0 if it has none.
func (n *Node) AppType() int {
	kind, err := strconv.Atoi(n.Value("type"))
	if err != nil {
		return 0
	}
	return kind
}

// Describe returns the kind of a message, and the text that a person reads first.
func Describe(msgType int, content string) (kind, text string) {
	switch msgType {
	case TypeText, TypeNotice:
		return KindText, content
	case TypeImage:
		return KindImage, ""
	case TypeVoice:
		return KindVoice, ""
	case TypeVideo:
		return KindVideo, ""
	case TypeEmoji:
		return KindEmoji, ""
	}
	root, err := Parse(content)
	if err != nil {
		return KindRaw, ""
	}
	switch msgType {
	case TypeCard:
		return KindCard, root.Attr["nickname"]
	case TypeLocation:
		return KindLocation, root.Child("location").Attr["label"]
	case TypeApp:
		app := root
		if root.Name != "appmsg" {
			app = root.Child("appmsg")
		}
		return appKind(app.AppType()), app.Value("title")
	}
	return KindRaw, ""
}

func appKind(appType int) string {
	switch appType {
	case AppMusic:
		return KindMusic
	case AppLink:
		return KindLink
	case AppFile:
		return KindFile
	case AppMiniProgram, AppMiniProgramOpen:
		return KindMiniProgram
	case AppFinderFeed:
		return KindFinderFeed
	case AppQuote:
		return KindQuote
	case AppFileNotice:
		return KindFileNotice
	case AppRedPacket:
		return KindRedPacket
	default:
		return KindApp
	}
}
