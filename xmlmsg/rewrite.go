package xmlmsg

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// ErrNoPath means that an edit names an element that the message does not have.
var ErrNoPath = errors.New("xmlmsg: the message has no such element")

// Edit is one change of a message's XML, for Rewrite.
type Edit func(root *etreeElement) error

// etreeElement keeps etree out of the public API.
type etreeElement = etree.Element

// SetTitle changes the title of an app message. The title of a file is its name.
func SetTitle(title string) Edit { return SetText("appmsg/title", title) }

// SetText changes the text of an element. The path starts below the root: "appmsg/des". A missing
// element is added if its parent exists.
func SetText(path, text string) Edit {
	return func(root *etreeElement) error {
		e, err := descend(root, path, true)
		if err != nil {
			return err
		}
		e.Child = slices.DeleteFunc(e.Child, func(child etree.Token) bool { // in one pass: RemoveChild is linear
			_, isText := child.(*etree.CharData) // text or CDATA
			return isText
		})
		e.ReindexChildren()
		e.SetText(clean(text))
		return nil
	}
}

// SetAttr changes or adds an attribute of an element: SetAttr("img", "length", "10").
func SetAttr(path, name, value string) Edit {
	return func(root *etreeElement) error {
		e, err := descend(root, path, false)
		if err != nil {
			return err
		}
		if !isName(name) {
			return fmt.Errorf("%w: %q is not a name", ErrNoPath, name)
		}
		e.CreateAttr(name, clean(value))
		return nil
	}
}

// Remove removes an element with its content. A missing element is not an error.
func Remove(path string) Edit {
	return func(root *etreeElement) error {
		e, err := descend(root, path, false)
		if err != nil || e.Parent() == nil {
			return nil //nolint:nilerr // a missing element is removed already
		}
		e.Parent().RemoveChild(e)
		return nil
	}
}

// descend follows a path of names from the root. With add, a missing last element is added.
func descend(root *etreeElement, path string, add bool) (*etreeElement, error) {
	names := strings.Split(path, "/")
	e := root
	for i, name := range names {
		child := e.SelectElement(name)
		if child == nil && add && i == len(names)-1 && isName(name) {
			child = e.CreateElement(name)
		}
		if child == nil {
			return nil, fmt.Errorf("%w: %s", ErrNoPath, path)
		}
		e = child
	}
	return e, nil
}

// Rewrite edits the XML of a received message. It keeps everything that no edit names: unknown
// elements and attributes, their order, CDATA and comments. Without edits it returns the content
// byte for byte.
func Rewrite(content string, edits ...Edit) (string, error) {
	if len(edits) == 0 {
		return content, nil
	}
	t, err := Parser{}.read(content) // checks the limits, with a clear error
	if err != nil {
		return "", err
	}
	content = dropReferences(clean(t.content))
	t.release()

	doc := etree.NewDocument()
	doc.ReadSettings.Permissive = true
	doc.ReadSettings.PreserveCData = true
	doc.ReadSettings.PreserveDuplicateAttrs = true
	doc.WriteSettings.CanonicalText = true    // keep quotes in texts,
	doc.WriteSettings.CanonicalAttrVal = true // and line breaks in attributes as references
	if err := doc.ReadFromString(content); err != nil {
		return "", ErrNotXML // the error of the library could quote the content
	}
	root := doc.Root()
	if root == nil {
		return "", ErrNotXML
	}
	for _, edit := range edits {
		if edit == nil {
			continue
		}
		if err := edit(root); err != nil {
			return "", err
		}
	}
	return doc.WriteToString()
}

// AppMsg returns the element <appmsg>…</appmsg> of a message, byte for byte, as the call postAppMsg
// takes it.
func AppMsg(content string) (string, error) {
	t, err := Parser{}.read(content)
	if err != nil {
		return "", err
	}
	defer t.release()
	app := t.root().child("msg").child("appmsg")
	if !app.exists() {
		app = t.root().child("appmsg")
	}
	if !app.exists() {
		return "", ErrNoElement
	}
	return app.outer(), nil
}

func isName(s string) bool { return s != "" && !strings.ContainsAny(s, "<>\"'=&/?! \t\r\n") }

// dropReferences removes references to characters that XML does not allow, because etree fails on
// them. In CDATA they are plain text and remain.
func dropReferences(s string) string {
	if !strings.Contains(s, "&#") {
		return s
	}
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(s, "<![CDATA[")
		for at := strings.Index(text, "&#"); at >= 0; at = strings.Index(text, "&#") {
			b.WriteString(text[:at])
			decoded, length := reference(text[at:])
			if decoded != "" {
				b.WriteString(text[at : at+length])
			}
			text = text[at+length:]
		}
		b.WriteString(text)
		if !found {
			return b.String()
		}
		section, after, _ := strings.Cut(rest, "]]>")
		b.WriteString("<![CDATA[" + section + "]]>")
		s = after
	}
}
